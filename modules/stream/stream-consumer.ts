import { KinesisStreamConsumer } from '@cdktf/provider-aws/lib/kinesis-stream-consumer';
import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Op, Token } from 'cdktf';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { deadLetterQueue } from '../dead-letter-queue';
import { withDefaults } from '../defaults';
import type { EncryptedQueue } from '../encrypted-queue';
import type { Invocable } from '../lambda-function';
import { checkProps, isKnown } from '../props';
import { grantHandOver } from '../tiered-queue';
import { consumerRules, recordAge, type StreamConsumerProps } from './props';

/** Feeds a function from a stream: one failed record doesn't take its batch along, and what Lambda gives up is pointed to by a dead-letter queue. */
export class StreamConsumer extends Construct {
  readonly handler: Invocable;
  /** The resource itself, for what no prop says. */
  readonly mapping: LambdaEventSourceMapping;
  readonly mappingUuid: string;
  readonly mappingArn: string;
  /** Pointers to records that were given up: shard, sequence numbers, times. They are to be fetched while the stream still has them. */
  readonly failed: EncryptedQueue;
  /** A circuit breaker may switch the mapping: Terraform leaves that alone. */
  readonly switchedAtRunTime: boolean;

  constructor(scope: Construct, id: string, given: StreamConsumerProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'consumerName');
    checkProps(this.node.path, props, consumerRules, 'StreamConsumerProps', given);
    const { source, handler, consumerName, filterPatterns, failedRecordsBucketArn } = props;
    const { startingPosition = 'TRIM_HORIZON', switchedAtRunTime = false } = props;
    this.failed = deadLetterQueue(this, 'failed', {
      name: `${consumerName}-failed`,
      kmsKeyArn: props.kmsKeyArn,
      alarmActions: props.alarmActions,
      meaning: `Lambda gave up records for ${consumerName}, and this queue says where they are in the stream`,
      action: `The stream keeps them for ${source.retentionHours} h from when they were put: fetch them before.`,
      runbook: 'stream',
    });
    source.grantRead(handler);
    if (props.tiers) grantHandOver(props.tiers, handler);
    this.grantFailed(props);
    this.mapping = new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: props.enhancedFanOut ? this.fanOut(props) : source.arn,
      functionName: handler.arn,
      ...(typeof startingPosition === 'string'
        ? { startingPosition }
        : { startingPosition: 'AT_TIMESTAMP', startingPositionTimestamp: startingPosition.at }),
      batchSize: props.batchSize ?? 100,
      maximumBatchingWindowInSeconds: props.batchingWindow,
      parallelizationFactor: props.parallelization ?? 1,
      // The lowest failed sequence number is where Lambda goes on; splitting finds the poison of a function that dies instead of reporting.
      functionResponseTypes: ['ReportBatchItemFailures'],
      bisectBatchOnFunctionError: true,
      maximumRecordAgeInSeconds: props.maximumRecordAge ?? recordAge(source),
      maximumRetryAttempts: props.maximumRetryAttempts ?? -1,
      destinationConfig: { onFailure: { destinationArn: failedRecordsBucketArn ?? this.failed.arn } },
      filterCriteria: filterPatterns && {
        filter: filterPatterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      },
      enabled: true,
      // Lambda looks whether the function may read the stream when the mapping is made.
      dependsOn: handler.policies.length > 0 ? [...handler.policies] : undefined,
      lifecycle: switchedAtRunTime ? { ignoreChanges: ['enabled'] } : undefined,
    });
    this.handler = handler;
    this.mappingUuid = this.mapping.uuid;
    this.mappingArn = this.mapping.arn;
    this.switchedAtRunTime = switchedAtRunTime;
    this.alarm(props);
  }

  /** The mapping acts as the function. Source: Lambda guide, "Retain discarded batch records for a Kinesis Data Streams event source". */
  private grantFailed({ handler, failedRecordsBucketArn, kmsKeyArn }: StreamConsumerProps): void {
    if (failedRecordsBucketArn) {
      handler.grant(['s3:PutObject'], [`${failedRecordsBucketArn}/*`]);
      handler.grant(['s3:ListBucket'], [failedRecordsBucketArn]);
      return;
    }
    handler.grant(['sqs:SendMessage'], [this.failed.arn]);
    if (kmsKeyArn) handler.grant(['kms:GenerateDataKey', 'kms:Decrypt'], [kmsKeyArn]);
  }

  private fanOut({ source, handler, consumerName }: StreamConsumerProps): string {
    const { arn } = new KinesisStreamConsumer(this, 'fan-out', { name: consumerName, streamArn: source.arn });
    handler.grant(['kinesis:SubscribeToShard'], [arn]);
    return arn;
  }

  /** How far reading is behind, in milliseconds. Source: Lambda guide, "Using CloudWatch metrics with Lambda", IteratorAge. */
  private alarm({ handler, consumerName, maximumAge = 900, alarmActions }: StreamConsumerProps): void {
    metricAlarm(this, 'age-alarm', {
      alarmName: `${consumerName}-age`,
      alarmDescription: `The newest record that ${consumerName} reads is older than ${maximumAge} s: a record fails again and again, a breaker is open, or the function is too slow. Look at its errors first; more parallelization helps when there are none. Runbook: stream.`,
      namespace: 'AWS/Lambda',
      metricName: 'IteratorAge',
      dimensions: { FunctionName: handler.functionName },
      statistic: 'Maximum',
      evaluationPeriods: 3,
      threshold: isKnown(maximumAge) ? maximumAge * 1000 : Token.asNumber(Op.mul(maximumAge, 1000)),
      alarmActions,
    });
  }
}
