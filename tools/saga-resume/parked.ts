import { parseArgs } from 'node:util';

/** What a parking message says, as far as a person needs it to decide. */
export interface Parked {
  readonly execution: string;
  readonly saga: string;
  readonly parkedAt: string;
  readonly steps: Readonly<Record<string, string>>;
  readonly failure?: { readonly task: string; readonly error: string };
  readonly parked: { readonly task: string; readonly error: string; readonly cause: string };
}

export function readParked(body: string): Parked | undefined {
  try {
    const value = JSON.parse(body) as Partial<Parked>;
    return typeof value?.execution === 'string' && value.parked && value.steps ? (value as Parked) : undefined;
  } catch {
    return undefined;
  }
}

/** One parked saga in a few lines. */
export function say(messageId: string, parked: Parked | undefined): string {
  if (!parked) return `message ${messageId} is no parked saga; look at it by hand`;
  const { saga, parkedAt, steps, failure, execution } = parked;
  const { task, error, cause } = parked.parked;
  const marks = Object.entries(steps).map(([step, mark]) => `${step} ${mark}`);
  return [
    `${saga}  parked ${parkedAt} at ${task}: ${error}${cause ? ` ${cause.slice(0, 200)}` : ''}`,
    `  steps: ${marks.join(', ') || 'none'}${failure ? `; it turned back at ${failure.task} (${failure.error})` : ''}`,
    `  ${execution}`,
  ].join('\n');
}

/** Days that Step Functions lets an execution be redriven, counted from its end. */
const REDRIVABLE_DAYS = 14;

export function verdict(
  {
    status,
    stopDate,
    redriveStatus,
    redriveStatusReason,
  }: {
    readonly status?: string;
    readonly stopDate?: Date;
    readonly redriveStatus?: string;
    readonly redriveStatusReason?: string;
  },
  now = Date.now(),
): { redrive: boolean; reason: string } {
  if (status === 'SUCCEEDED') return { redrive: false, reason: 'it has ended well' };
  if (status === 'RUNNING') return { redrive: false, reason: 'it is running; somebody has resumed it' };
  if (stopDate && now - stopDate.getTime() > REDRIVABLE_DAYS * 86_400_000) {
    return { redrive: false, reason: `it ended more than ${REDRIVABLE_DAYS} days ago; docs/runbooks/saga-parked.md` };
  }
  if (redriveStatus === 'NOT_REDRIVABLE') return { redrive: false, reason: redriveStatusReason ?? 'not redrivable' };
  return { redrive: true, reason: `was ${status}` };
}

const USAGE = `npm run saga:resume -- EXECUTION_ARN…             resume these sagas
npm run saga:resume -- --queue PARKING_QUEUE_URL        show what is parked
npm run saga:resume -- --queue PARKING_QUEUE_URL --all  resume all of it`;

export type Request =
  | { readonly executions: readonly string[]; readonly queueUrl?: string; readonly all: boolean }
  | { readonly usage: string };

export function parseArguments(args: readonly string[]): Request {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { queue: { type: 'string' }, all: { type: 'boolean', default: false } },
    });
    const wrong = positionals.find((arn) => !/^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/.test(arn));
    if (wrong) return { usage: `"${wrong}" is no ARN of an execution\n${USAGE}` };
    if (positionals.length === 0 && !values.queue) return { usage: USAGE };
    if (values.all && !values.queue) return { usage: `--all needs --queue\n${USAGE}` };
    return { executions: positionals, queueUrl: values.queue, all: values.all };
  } catch (error) {
    return { usage: `${(error as Error).message}\n${USAGE}` };
  }
}
