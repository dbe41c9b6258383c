import { KafkaConsumer, mskSource } from '../../modules/kafka';
import { consumerRules as kafkaRules } from '../../modules/kafka/props';
import { ExistingFunction } from '../../modules/lambda-function';
import { kinesisStream, StreamConsumer } from '../../modules/stream';
import { consumerRules as streamRules } from '../../modules/stream/props';
import { alarmVariables, allowedBy, keyVariable, type TerraformModule, type Variable } from './definition';
import { functionProps, functionVariables } from './function';

const name = {
  name: {
    type: 'string',
    description:
      'Names the dead-letter queue, NAME-failed, and the alarm: 1 to 60 letters, digits, hyphens, underscores.',
    allowed: { pattern: /^[A-Za-z0-9_-]{1,60}$/ },
  },
} satisfies Record<string, Variable>;

const { function_arn, function_role_name } = functionVariables;
const of = { function_arn, function_role_name };

const batchSize = {
  batch_size: {
    type: 'number',
    description: 'Records an invocation, 1 to 10,000.',
    default: 100,
    allowed: allowedBy(streamRules, 'batchSize'),
  },
  starting_position: {
    type: 'string',
    description: 'TRIM_HORIZON, the oldest record, or LATEST, which loses what arrives while the mapping comes up.',
    default: 'TRIM_HORIZON',
    allowed: { pattern: /^(TRIM_HORIZON|LATEST)$/ },
  },
} satisfies Record<string, Variable>;

const failedOutputs = (failed: { readonly arn: string; readonly url: string }, mappingUuid: string) => ({
  failed_queue_arn: { value: failed.arn, description: 'The queue that says which records were given up: its ARN.' },
  failed_queue_url: { value: failed.url, description: 'Its URL.' },
  event_source_mapping_uuid: { value: mappingUuid, description: 'What feeds the function.' },
});

/** Streams have no visibility to fit a time-out into. */
const anyTimeout = 1;

export const streamConsumer: TerraformModule = {
  name: 'stream-consumer',
  what: "Feeds a function in any language from a Kinesis stream: one failed record doesn't take its batch along, and a queue says where records are that were given up.",
  variables: {
    ...name,
    stream_arn: {
      type: 'string',
      description: 'ARN of the stream.',
      allowed: { pattern: /^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/[.\w-]+$/ },
    },
    retention_hours: {
      type: 'number',
      description: 'Hours that the stream keeps records, as it is set: 24 to 8,760.',
      default: 168,
      allowed: { least: 24, most: 8760 },
    },
    ...of,
    ...batchSize,
    parallelization: {
      type: 'number',
      description: 'Batches of a shard at once, 1 to 10.',
      default: 1,
      allowed: allowedBy(streamRules, 'parallelization'),
    },
    maximum_record_age: {
      type: 'number',
      description:
        'Seconds that a record may be old before Lambda gives it up, 60 to 604,800: half of what the stream keeps, so that it can still be fetched.',
      default: 302_400,
      allowed: { least: 60, most: 604_800 },
    },
    maximum_age: {
      type: 'number',
      description: 'Seconds that the oldest unread record may be old before the alarm, 60 or more.',
      default: 900,
      allowed: allowedBy(streamRules, 'maximumAge'),
    },
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const { kmsKeyArn } = values;
    const consumer = new StreamConsumer(stack, 'consumer', {
      source: kinesisStream(values.text('stream_arn'), values.number('retention_hours'), kmsKeyArn),
      handler: new ExistingFunction(stack, 'function', functionProps(values, anyTimeout)),
      consumerName: values.text('name'),
      batchSize: values.number('batch_size'),
      startingPosition: values.text('starting_position') as 'LATEST',
      parallelization: values.number('parallelization'),
      maximumRecordAge: values.number('maximum_record_age'),
      maximumAge: values.number('maximum_age'),
      alarmActions: values.list('alarm_actions'),
      ...(kmsKeyArn && { kmsKeyArn }),
    });
    consumer.mapping.addOverride('lifecycle.precondition', [
      {
        condition: `\${var.maximum_record_age <= var.retention_hours * 1800}`,
        error_message:
          'maximum_record_age must be at most half of what the stream keeps, so that what is given up can still be fetched.',
      },
    ]);
    return failedOutputs(consumer.failed, consumer.mappingUuid);
  },
  example: `module "clicks_consumer" {
  source = "./stream-consumer"

  name               = "clicks"
  stream_arn         = aws_kinesis_stream.clicks.arn
  retention_hours    = aws_kinesis_stream.clicks.retention_period
  function_arn       = "arn:aws:lambda:eu-central-1:111111111111:function:clicks"
  function_role_name = "clicks"
}`,
  exampleSurroundings: `# A stream of your own.
resource "aws_kinesis_stream" "clicks" {
  name             = "clicks"
  retention_period = 168

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}`,
};

export const kafkaConsumer: TerraformModule = {
  name: 'kafka-consumer',
  what: 'Feeds a function in any language from a topic of an MSK cluster, each partition in order, logging in as the role of the function; a queue says at which offsets records are that were given up.',
  options: { pollers: 'var.maximum_pollers != null' },
  variables: {
    ...name,
    cluster_arn: {
      type: 'string',
      description: 'ARN of the cluster, which takes logins by IAM.',
      allowed: { pattern: /^arn:aws[a-z-]*:kafka:[a-z0-9-]+:\d{12}:cluster\/[\w-]+\/[\w-]+$/ },
    },
    topic: {
      type: 'string',
      description: 'The topic: 1 to 249 letters, digits, dots, hyphens, underscores.',
      allowed: allowedBy(kafkaRules, 'topic'),
    },
    ...of,
    ...batchSize,
    minimum_pollers: {
      type: 'number',
      description: 'Event pollers that are always there, 1 to 200; they are taken with maximum_pollers only.',
      default: 1,
      allowed: { least: 1, most: 200 },
    },
    maximum_pollers: {
      type: 'number',
      description:
        "Event pollers at most, 1 to 2,000; they cost by the hour. Only with them Lambda splits a batch and takes single failures. Default: Lambda's own pace, where a failing batch is repeated whole until it succeeds.",
      default: null,
      allowed: { least: 1, most: 2000 },
    },
    maximum_lag: {
      type: 'number',
      description: 'Records behind in one partition before the alarm, 1 or more.',
      default: 10_000,
      allowed: allowedBy(kafkaRules, 'maximumLag'),
    },
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const { kmsKeyArn } = values;
    const consumer = new KafkaConsumer(stack, 'consumer', {
      source: mskSource(values.text('cluster_arn')),
      topic: values.text('topic'),
      handler: new ExistingFunction(stack, 'function', functionProps(values, anyTimeout)),
      consumerName: values.text('name'),
      batchSize: values.number('batch_size'),
      startingPosition: values.text('starting_position') as 'LATEST',
      ...(values.on('pollers') && {
        pollers: { minimum: values.number('minimum_pollers'), maximum: values.number('maximum_pollers') },
      }),
      maximumLag: values.number('maximum_lag'),
      alarmActions: values.list('alarm_actions'),
      ...(kmsKeyArn && { kmsKeyArn }),
    });
    return failedOutputs(consumer.failed as NonNullable<typeof consumer.failed>, consumer.mappingUuid);
  },
  example: `module "clicks_consumer" {
  source = "./kafka-consumer"

  name               = "clicks"
  cluster_arn        = "arn:aws:kafka:eu-central-1:111111111111:cluster/clicks/0a1b2c3d-1"
  topic              = "clicks"
  function_arn       = "arn:aws:lambda:eu-central-1:111111111111:function:clicks"
  function_role_name = "clicks"
}`,
  exampleSurroundings: `output "failed" {
  value = module.clicks_consumer.failed_queue_url
}`,
};
