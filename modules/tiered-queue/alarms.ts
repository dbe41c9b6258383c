import { Fn, Op, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import type { AlarmActions } from '../defaults';
import { A_WEEK, MAXIMUM_RETENTION_SECONDS, type Queue } from '../encrypted-queue';
import { isKnown } from '../props';
import type { QueueTiers } from './tiers';

/** How long before SQS deletes a dead letter its alarm rings: a weekend. */
const TIME_TO_ACT_SECONDS = 2 * 86_400;

export interface QueueAlarms {
  /** What the alarms are named after. Default: the name of the main queue. */
  readonly alarmPrefix?: string;
  /** Seconds that the oldest message of the main queue may wait before the alarm: 60 or more. Default 900. */
  readonly maximumAge?: number;
  /** Messages in the main queue before the alarm: 1 or more. Default 1,000. */
  readonly maximumDepth?: number;
  /** Where they go; `off`: none are made. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

/** Seconds that a message waits in the main queue before somebody is told that SQS will delete it: half of what it has. */
function halfOf(messageRetention: number): number {
  return isKnown(messageRetention)
    ? Math.floor(messageRetention / 2)
    : Token.asNumber(Fn.floor(Op.div(messageRetention, 2)));
}

/** Half of the longest that a main queue keeps a message: what waited longer there has rung by then, whatever the queue's retention is. */
const LONGEST_UNTOLD_SECONDS = MAXIMUM_RETENTION_SECONDS / 2;

/**
 * Seconds that a message may be parked before its alarm. In a standard queue it keeps the clock of the main queue, so what it waited there is gone from its 14 days,
 * but the metric counts from when it was parked; in a FIFO queue its clock starts anew. Source: SQS guide, "Setting-up dead-letter queue retention".
 */
function parkedAge({ fifo, messageRetention }: QueueTiers): number {
  const longest = MAXIMUM_RETENTION_SECONDS - TIME_TO_ACT_SECONDS;
  const least = longest - LONGEST_UNTOLD_SECONDS;
  if (fifo) return longest;
  if (isKnown(messageRetention)) return Math.max(least, longest - messageRetention);
  return Token.asNumber(Fn.max([least, Op.sub(longest, messageRetention)]));
}

/** Alarms on age and depth of every tier; for queues that are there already as for one's own. */
export function addQueueAlarms(scope: Construct, queue: QueueTiers, settings: QueueAlarms = {}): void {
  const { alarmActions, maximumAge = 900, maximumDepth = 1000 } = settings;
  const prefix = settings.alarmPrefix ?? queue.main.name.replace(/\.fifo$/, '');
  const alarm = (
    id: string,
    tier: Queue,
    metricName: string,
    threshold: number,
    description: string,
    { period, evaluationPeriods } = { period: 60, evaluationPeriods: 1 },
  ) =>
    metricAlarm(scope, `${id}-alarm`, {
      alarmName: `${prefix}-${id}`,
      alarmDescription: description,
      namespace: 'AWS/SQS',
      metricName,
      dimensions: { QueueName: tier.name },
      statistic: 'Maximum',
      period,
      evaluationPeriods,
      threshold,
      alarmActions,
    });
  const age = 'ApproximateAgeOfOldestMessage';
  const depth = 'ApproximateNumberOfMessagesVisible';
  // The desk knows a consumer by its queue of dead letters.
  const [parked, repair] = [`Desk: consumer=${queue.repair.arn}.`, `Desk: queue=${queue.repair.arn}.`];
  alarm(
    'main-age',
    queue.main,
    age,
    maximumAge,
    `A message waits for more than ${maximumAge} s: the consumer is stopped or too slow. Runbook: waiting.`,
  );
  alarm(
    'main-expiry',
    queue.main,
    age,
    halfOf(queue.messageRetention),
    'A message has waited for half of the time that SQS keeps it, and is deleted when the other half is over, untried. Make it longer, or park what waits. Runbook: waiting.',
  );
  alarm(
    'main-depth',
    queue.main,
    depth,
    maximumDepth,
    `More than ${maximumDepth} messages wait: the consumer is stopped or too slow. Runbook: waiting.`,
  );
  alarm(
    'parked-depth',
    queue.parked,
    depth,
    0,
    `Messages are parked: a dependency is or was down. The redrive function releases them when its canary is green. ${parked} Runbook: parked.`,
  );
  alarm(
    'parked-age',
    queue.parked,
    age,
    parkedAge(queue),
    `SQS may delete a parked message in 2 days, for good. Release or save it now. ${parked} Runbook: parked.`,
  );
  alarm(
    'repair-depth',
    queue.repair,
    depth,
    0,
    `Messages need a person: look at their reason attribute, mend them, send them again. ${repair} Runbook: repair.`,
  );
  alarm(
    'repair-age',
    queue.repair,
    depth,
    0,
    `Something has been in repair on each of the last 7 days, and SQS deletes a message after 14, for good. Mend or save it now. ${repair} Runbook: repair.`,
    A_WEEK,
  );
}
