import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { Construct } from 'constructs';
import { type EncryptedQueue, encryptedQueue, MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';

export interface DeadLetterQueueProps {
  /** 1 to 80 letters, digits, hyphens, underscores, `.fifo` of a FIFO queue among them. Source: SQS quotas, "Queue name". */
  readonly name: string;
  /** What it means that something is in it, for whoever is woken: `Orders could not be delivered to the printer`. */
  readonly meaning: string;
  /** What they do about it: `Look why, then send them again.` */
  readonly action: string;
  /** FIFO, for what comes from a FIFO topic. Default: standard. */
  readonly fifo?: boolean;
  /** KMS key for the messages. Default: SQS's own encryption. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action). Default: an alarm without an action. */
  readonly alarmActions?: string[];
}

/** Where a service puts what it could not deliver: kept for 14 days, and it rings. */
export function deadLetterQueue(
  scope: Construct,
  id: string,
  { name, meaning, action, fifo = false, kmsKeyArn, alarmActions }: DeadLetterQueueProps,
): EncryptedQueue {
  const queue = encryptedQueue(scope, id, {
    name,
    kmsKeyArn,
    ...(fifo && { fifoQueue: true, contentBasedDeduplication: true }),
    messageRetentionSeconds: MAXIMUM_RETENTION_SECONDS,
  });
  new CloudwatchMetricAlarm(scope, `${id}-alarm`, {
    alarmName: name.replace(/\.fifo$/, ''),
    alarmDescription: `${meaning}. ${action} SQS keeps them for 14 days.`,
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: queue.name },
    statistic: 'Maximum',
    period: 60,
    evaluationPeriods: 1,
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 0,
    treatMissingData: 'notBreaching',
    alarmActions,
    okActions: alarmActions,
  });
  return queue;
}
