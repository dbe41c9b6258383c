import { KinesisStream } from '@cdktf/provider-aws/lib/kinesis-stream';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { withDefaults } from '../defaults';
import type { Grantee } from '../lambda-function';
import { checkProps } from '../props';
import { rules, type StreamProps } from './props';
import { kinesisStream, type StreamSource } from './source';

/** A Kinesis stream, encrypted, that rings when it refuses records. */
export class Stream extends Construct implements StreamSource {
  readonly kind = 'kinesis';
  readonly arn: string;
  readonly streamName: string;
  readonly retentionHours: number;
  private readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, given: StreamProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'streamName');
    checkProps(this.node.path, props, rules, 'StreamProps', given);
    const { streamName, shards = 'on-demand', kmsKeyArn, alarmActions } = props;
    this.retentionHours = props.retentionHours ?? 168;
    const stream = new KinesisStream(this, 'stream', {
      name: streamName,
      retentionPeriod: this.retentionHours,
      encryptionType: 'KMS',
      kmsKeyId: kmsKeyArn ?? 'alias/aws/kinesis',
      ...(shards === 'on-demand'
        ? { streamModeDetails: { streamMode: 'ON_DEMAND' } }
        : { shardCount: shards, streamModeDetails: { streamMode: 'PROVISIONED' } }),
    });
    this.arn = stream.arn;
    this.streamName = stream.name;
    this.kmsKeyArn = kmsKeyArn;
    metricAlarm(this, 'refused-alarm', {
      alarmName: `${streamName}-refused`,
      alarmDescription: `The stream ${streamName} has refused records for 3 of 5 minutes: more arrive than its shards take, or one partition key has most of them. Whoever puts them must keep them and try again. Add shards. Runbook: stream.`,
      namespace: 'AWS/Kinesis',
      metricName: 'WriteProvisionedThroughputExceeded',
      dimensions: { StreamName: stream.name },
      statistic: 'Sum',
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
      alarmActions,
    });
  }

  /** Putting records on it. */
  grantPut(grantee: Grantee): void {
    grantee.grant(['kinesis:PutRecord', 'kinesis:PutRecords'], [this.arn]);
    if (this.kmsKeyArn) grantee.grant(['kms:GenerateDataKey'], [this.kmsKeyArn]);
  }

  /** Reading it. */
  grantRead(grantee: Grantee): void {
    kinesisStream(this.arn, this.retentionHours, this.kmsKeyArn).grantRead(grantee);
  }
}
