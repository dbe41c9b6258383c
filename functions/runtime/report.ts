import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { MESSAGES_FAILED } from './contract';
import type { OutcomeKind } from './decide';
import type { ConsumerLogger } from './definition';
import type { Handled } from './handle';

/** What one invocation comes to. */
export interface Tally {
  readonly counts: Readonly<Record<string, number>>;
  readonly failed: ReadonlyMap<string, number>;
  /** Of the invocation's seconds, the share of the messages that come back. They are handled at once: ten that hang for 5 s cost 5 s and not 50. */
  readonly wastedSeconds: number;
}

const FINE: readonly OutcomeKind[] = ['done', 'duplicate', 'handed-over'];
const isFailed = ({ outcome }: Handled) => !FINE.includes(outcome.kind);

/** @param seconds how long the invocation took */
export function tally(handled: readonly Handled[], seconds: number): Tally {
  const number = (holds: (one: Handled) => unknown) => handled.filter(holds).length;
  const failed = new Map<string, number>();
  for (const { outcome } of handled.filter(isFailed)) failed.set(outcome.kind, (failed.get(outcome.kind) ?? 0) + 1);
  return {
    counts: {
      MessagesAccepted: number(({ isNew }) => isNew),
      MessagesDone: number(({ outcome }) => outcome.kind === 'done'),
      MessagesDuplicate: number(({ outcome }) => outcome.kind === 'duplicate'),
    },
    failed,
    wastedSeconds:
      handled.length === 0 ? 0 : (seconds * number(({ action }) => action.kind === 'retry')) / handled.length,
  };
}

/** The metrics of one invocation. */
export function publish({ counts, failed, wastedSeconds }: Tally, metrics: Metrics): void {
  for (const [name, count] of Object.entries(counts)) if (count > 0) metrics.addMetric(name, MetricUnit.Count, count);
  if (wastedSeconds > 0) metrics.addMetric('WastedLambdaSeconds', MetricUnit.Seconds, wastedSeconds);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  for (const [kind, count] of failed)
    metrics.singleMetric().addDimension('kind', kind).addMetric(MESSAGES_FAILED, MetricUnit.Count, count);
}

/** A line of the log for each message. */
export function tell(handled: Handled, logger: ConsumerLogger): void {
  const { message, outcome, action, id, lost } = handled;
  const level = outcome.kind === 'internal' || lost ? 'error' : isFailed(handled) ? 'warn' : 'info';
  const seconds = action.kind === 'retry' ? action.seconds : undefined;
  logger[level](outcome.kind, { id, messageId: message.id, action: action.kind, seconds, detail: outcome.detail });
}
