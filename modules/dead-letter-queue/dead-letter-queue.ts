import type { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import type { AlarmActions } from '../defaults';
import { type EncryptedQueue, encryptedQueue, MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
import { checkProps } from '../props';

export interface DeadLetterQueueProps {
  /** 1 to 80 letters, digits, hyphens, underscores, `.fifo` of a FIFO queue among them. Source: SQS quotas, "Queue name". */
  readonly name: string;
  /** What it means that something is in it, for whoever is woken: `Orders could not be delivered to the printer`. */
  readonly meaning: string;
  /** What they do about it: `Look why, then send them again.` */
  readonly action: string;
  /** Page of the runbooks that the alarm links to. Default: none. */
  readonly runbook?: string;
  /** FIFO, for what comes from a FIFO topic. Default: standard. */
  readonly fifo?: boolean;
  /** KMS key for the messages. Default: SQS's own encryption. */
  readonly kmsKeyArn?: string;
  /** SQS's own encryption, whatever key is set elsewhere: for what could not be encrypted. Default false. */
  readonly sqsManagedKey?: boolean;
  /** SNS topics (or any alarm action). Default: an alarm without an action. */
  readonly alarmActions?: AlarmActions;
}

/** Where a service puts what it could not deliver: kept for 14 days, and it rings. */
export function deadLetterQueue(scope: Construct, id: string, props: DeadLetterQueueProps): EncryptedQueue {
  checkProps(`${scope.node.path}/${id}`, props, [], 'DeadLetterQueueProps');
  const { name, meaning, action, runbook, fifo = false, kmsKeyArn, sqsManagedKey, alarmActions } = props;
  const queue = encryptedQueue(scope, id, {
    name,
    kmsKeyArn,
    ...(sqsManagedKey && { sqsManagedSseEnabled: true }),
    ...(fifo && { fifoQueue: true, contentBasedDeduplication: true }),
    messageRetentionSeconds: MAXIMUM_RETENTION_SECONDS,
  });
  metricAlarm(scope, `${id}-alarm`, {
    alarmName: name.replace(/\.fifo$/, ''),
    alarmDescription: `${meaning}. ${action} SQS keeps them for 14 days.${runbook ? ` Runbook: ${runbook}.` : ''}`,
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: queue.name },
    statistic: 'Maximum',
    alarmActions,
  });
  return queue;
}
