import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { LookPorts, QueueLook, Tier } from '../core/loss-clock';

export interface LookClients {
  /** The clients for a queue, by its ARN or URL: another one may be in another region. */
  cloudwatch(queue: string): CloudWatchClient;
  sqs(queue: string): SQSClient;
}

const DEPTHS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Minutes that are looked back: CloudWatch has a queue's figures each minute, and some minutes late. Source: SQS guide, "Available CloudWatch metrics". */
const MINUTES = 15;

/** Reads off SQS and CloudWatch how queues stand; nothing is received, so nothing is hidden and no receive is counted. */
export function queueLooks({ cloudwatch, sqs }: LookClients): Pick<LookPorts, 'tiersOf' | 'look'> {
  const urls = new Map<string, string>();
  /** By ARN: `arn:aws:sqs:REGION:ACCOUNT:NAME`. */
  const urlOf = async (queue: string): Promise<string> => {
    const [, , , , QueueOwnerAWSAccountId, QueueName] = queue.split(':');
    const known = urls.get(queue);
    if (known) return known;
    const { QueueUrl = '' } = await sqs(queue).send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }));
    urls.set(queue, QueueUrl);
    return QueueUrl;
  };
  const attributesOf = async (queue: string) => {
    const QueueUrl = queue.startsWith('arn:') ? await urlOf(queue) : queue;
    const { Attributes } = await sqs(queue).send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Attributes ?? {};
  };
  /** ARN of the queue to which SQS moves what another one gives up. */
  const deadLettersOf = ({ RedrivePolicy = '{}' }: Record<string, string>): string | undefined =>
    (JSON.parse(RedrivePolicy) as { deadLetterTargetArn?: string }).deadLetterTargetArn;

  const oldestCameAt = async (queue: string): Promise<string | undefined> => {
    const now = Date.now();
    const { MetricDataResults = [] } = await cloudwatch(queue).send(
      new GetMetricDataCommand({
        StartTime: new Date(now - MINUTES * 60_000),
        EndTime: new Date(now),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [
          {
            Id: 'age',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/SQS',
                MetricName: 'ApproximateAgeOfOldestMessage',
                Dimensions: [{ Name: 'QueueName', Value: queue.split(':').at(-1) }],
              },
              Period: 60,
              Stat: 'Maximum',
            },
          },
        ],
      }),
    );
    const [{ Timestamps: [at] = [], Values: [age] = [] } = {}] = MetricDataResults;
    return at && age !== undefined ? new Date(at.getTime() - age * 1000).toISOString() : undefined;
  };

  return {
    async tiersOf({ queue, sendTo }) {
      const deadLetters = { tier: 'dead-letters' as Tier, queue };
      if (!sendTo) return [deadLetters];
      const attributes = await attributesOf(sendTo);
      const parked = deadLettersOf(attributes);
      return [
        deadLetters,
        ...(parked && parked !== queue ? [{ tier: 'parked' as Tier, queue: parked }] : []),
        { tier: 'main' as Tier, queue: attributes.QueueArn ?? sendTo },
      ];
    },
    async look(queue, main, ask): Promise<QueueLook> {
      const attributes = await attributesOf(queue);
      const source = main && !queue.endsWith('.fifo') ? await attributesOf(main) : {};
      const moved = deadLettersOf(source) === queue;
      return {
        queue,
        messages: DEPTHS.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0),
        retentionSeconds: Number(attributes.MessageRetentionPeriod ?? 0),
        movedAfter: moved ? Number(source.MessageRetentionPeriod ?? 0) : undefined,
        oldestCameAt: ask ? await oldestCameAt(queue) : undefined,
      };
    },
  };
}
