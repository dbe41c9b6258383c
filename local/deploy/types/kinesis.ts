import {
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  RegisterStreamConsumerCommand,
  type StreamMode,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import type { Configuration } from '../configuration';
import type { ResourceType, Target } from '../resource-type';

/** Kinesis has one request for longer and one for shorter. */
async function retain(StreamName: string, configuration: Configuration, target: Target): Promise<void> {
  const wanted = configuration.get<number>('retention_period') ?? 24;
  const kinesis = target.client(KinesisClient);
  const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  const kept = StreamDescriptionSummary?.RetentionPeriodHours ?? 24;
  const change = { StreamName, RetentionPeriodHours: wanted };
  if (wanted > kept) await kinesis.send(new IncreaseStreamRetentionPeriodCommand(change));
  if (wanted < kept) await kinesis.send(new DecreaseStreamRetentionPeriodCommand(change));
}

const stream: ResourceType = {
  identity: ['name', 'shard_count', 'stream_mode_details', 'encryption_type', 'kms_key_id'],
  async create(configuration, target) {
    const StreamName = configuration.need('name');
    // Encryption at rest is not emulated; the records are on this machine.
    configuration.get('encryption_type');
    configuration.get('kms_key_id');
    const client = target.client(KinesisClient);
    const StreamModeDetails = configuration
      .block('stream_mode_details')
      ?.pascal<{ StreamMode: StreamMode }>('stream_mode');
    const ShardCount = configuration.get<number>('shard_count');
    await client.send(new CreateStreamCommand({ StreamName, ShardCount, StreamModeDetails }));
    await waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StreamName });
    await retain(StreamName, configuration, target);
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    return { id: StreamDescriptionSummary?.StreamARN, name: StreamName, arn: StreamDescriptionSummary?.StreamARN };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    configuration.block('stream_mode_details')?.get('stream_mode');
    await retain(deployed.name as string, configuration, target);
    return deployed;
  },
  async delete({ name }, target) {
    const found = { StreamName: name as string, EnforceConsumerDeletion: true };
    await target.client(KinesisClient).send(new DeleteStreamCommand(found));
  },
};

const consumer: ResourceType = {
  identity: ['name', 'stream_arn'],
  async create(configuration, target) {
    const input = { ConsumerName: configuration.need('name'), StreamARN: configuration.need('stream_arn') };
    const { Consumer } = await target.client(KinesisClient).send(new RegisterStreamConsumerCommand(input));
    return { id: Consumer?.ConsumerARN, arn: Consumer?.ConsumerARN, name: input.ConsumerName };
  },
  async delete({ arn }, target) {
    await target.client(KinesisClient).send(new DeregisterStreamConsumerCommand({ ConsumerARN: arn as string }));
  },
};

export const kinesis: Record<string, ResourceType> = {
  aws_kinesis_stream: stream,
  aws_kinesis_stream_consumer: consumer,
};
