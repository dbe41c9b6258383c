import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { deadLetterQueue } from '../dead-letter-queue';
import { withDefaults } from '../defaults';
import type { EncryptedQueue } from '../encrypted-queue';
import type { Invocable } from '../lambda-function';
import { checkProps } from '../props';
import { grantHandOver } from '../tiered-queue';
import { consumerRules, type KafkaConsumerProps, MOST_RETRIES } from './props';

/** Feeds a function from a topic of Kafka, each partition in order. */
export class KafkaConsumer extends Construct {
  readonly handler: Invocable;
  /** The resource itself, for what no prop says. */
  readonly mapping: LambdaEventSourceMapping;
  readonly mappingUuid: string;
  readonly mappingArn: string;
  /** Where records that were given up are in the topic; `undefined` where a topic or a bucket gets the records themselves. */
  readonly failed: EncryptedQueue | undefined;
  /** A circuit breaker may switch the mapping: Terraform leaves that alone. */
  readonly switchedAtRunTime: boolean;

  constructor(scope: Construct, id: string, given: KafkaConsumerProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'consumerName');
    checkProps(this.node.path, props, consumerRules, 'KafkaConsumerProps', given);
    const { source, topic, handler, consumerName, filterPatterns, pollers, switchedAtRunTime = false } = props;
    this.failed = props.failed ? undefined : this.deadLetters(props);
    source.grantRead(handler, topic, consumerName);
    if (props.tiers) grantHandOver(props.tiers, handler);
    this.mapping = new LambdaEventSourceMapping(this, 'mapping', {
      ...source.mapping(consumerName),
      topics: [topic],
      functionName: handler.arn,
      startingPosition: props.startingPosition ?? 'TRIM_HORIZON',
      batchSize: props.batchSize ?? 100,
      maximumBatchingWindowInSeconds: props.batchingWindow,
      filterCriteria: filterPatterns && {
        filter: filterPatterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      },
      destinationConfig: { onFailure: { destinationArn: this.destination(props) } },
      ...(pollers && {
        provisionedPollerConfig: { minimumPollers: pollers.minimum, maximumPollers: pollers.maximum },
        functionResponseTypes: ['ReportBatchItemFailures'],
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: props.maximumRetryAttempts ?? MOST_RETRIES,
        maximumRecordAgeInSeconds: props.maximumRecordAge ?? -1,
      }),
      enabled: true,
      // Lambda looks whether the function may reach the cluster when the mapping is made.
      dependsOn: handler.policies.length > 0 ? [...handler.policies] : undefined,
      lifecycle: switchedAtRunTime ? { ignoreChanges: ['enabled'] } : undefined,
    });
    this.handler = handler;
    this.mappingUuid = this.mapping.uuid;
    this.mappingArn = this.mapping.arn;
    this.switchedAtRunTime = switchedAtRunTime;
    this.alarm(props);
  }

  private deadLetters({ consumerName, topic, kmsKeyArn, alarmActions }: KafkaConsumerProps): EncryptedQueue {
    return deadLetterQueue(this, 'failed', {
      ...{ name: `${consumerName}-failed`, kmsKeyArn, alarmActions },
      meaning: `Lambda gave up records of ${topic} for ${consumerName}, and this queue says at which offsets they are`,
      action: "Fetch them while the topic's retention keeps them.",
    });
  }

  /** The mapping acts as the function. Source of the lists: Lambda guide, "Capturing discarded batches for Amazon MSK and self-managed Apache Kafka event sources". */
  private destination({ source, handler, failed, kmsKeyArn }: KafkaConsumerProps): string {
    if (failed && 'topic' in failed) {
      source.grantWrite(handler, [failed.topic]);
      return `kafka://${failed.topic}`;
    }
    if (failed) {
      handler.grant(['s3:PutObject'], [`${failed.bucketArn}/*`]);
      handler.grant(['s3:ListBucket'], [failed.bucketArn]);
      return failed.bucketArn;
    }
    const { arn } = this.failed as EncryptedQueue;
    handler.grant(['sqs:SendMessage'], [arn]);
    if (kmsKeyArn) handler.grant(['kms:GenerateDataKey', 'kms:Decrypt'], [kmsKeyArn]);
    return arn;
  }

  /** Records that the mapping is behind, in the partition where it is worst. Source: Lambda guide, "Using CloudWatch metrics with Lambda", OffsetLag. */
  private alarm({ handler, consumerName, maximumLag = 10_000, alarmActions }: KafkaConsumerProps): void {
    metricAlarm(this, 'lag-alarm', {
      alarmName: `${consumerName}-lag`,
      alarmDescription: `${consumerName} is more than ${maximumLag} records behind: a record fails again and again, a breaker is open, or the function is too slow. Look at its errors first; more pollers help when there are none.`,
      namespace: 'AWS/Lambda',
      metricName: 'OffsetLag',
      dimensions: { FunctionName: handler.functionName },
      statistic: 'Maximum',
      evaluationPeriods: 5,
      threshold: maximumLag,
      alarmActions,
    });
  }
}
