import type { TerraformStack } from 'cdktf';
import { deadLetterQueue } from '../../modules/dead-letter-queue';
import { EventBus } from '../../modules/event-bus';
import { KafkaCluster, KafkaConsumer, mskSource } from '../../modules/kafka';
import { ExistingFunction } from '../../modules/lambda-function';
import { Pipe } from '../../modules/pipe';
import { Stream, StreamConsumer } from '../../modules/stream';
import { TieredQueue } from '../../modules/tiered-queue';
import { Topic } from '../../modules/topic';
import { synthesized } from '../modules/synthesized';
import { type Change, existingPlan } from './existing-plan';
import { headlines, reviewOf } from './plan-files';

/** What the review says when somebody does something to what the modules make, as it is synthesized. */
const [account, region] = ['111122223333', 'eu-central-1'];
const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;
const cook = (stack: TerraformStack) =>
  new ExistingFunction(stack, 'cook', {
    ...{ functionArn: arn('lambda', 'function:cook'), functionName: 'cook', timeout: 20 },
    ...{ roleName: 'cook', policyName: 'spillway' },
  });

const BUILD = {
  topic(stack: TerraformStack) {
    const queue = new TieredQueue(stack, 'queue', { queueName: 'kitchen' });
    const filter = { attributes: { size: ['large'] } };
    new Topic(stack, 'topic', { topicName: 'orders' }).subscribeQueue('kitchen', queue, { filter });
  },
  bus(stack: TerraformStack) {
    const queue = new TieredQueue(stack, 'queue', { queueName: 'kitchen' });
    const bus = new EventBus(stack, 'bus', { busName: 'orders', account, region });
    bus.rule('placed', { pattern: { source: ['shop'] } }).toQueue('kitchen', queue);
    bus.allowAccount('222222222222');
  },
  pipe(stack: TerraformStack) {
    const source = new TieredQueue(stack, 'queue', { queueName: 'orders' });
    new Pipe(stack, 'pipe', {
      ...{ pipeName: 'orders', account, region, source: source.main },
      ...{ filterPatterns: [{ body: { size: ['large'] } }], target: { handler: cook(stack) } },
    });
  },
  stream(stack: TerraformStack) {
    const source = new Stream(stack, 'clicks', { streamName: 'clicks', shards: 2 });
    new StreamConsumer(stack, 'reader', { source, handler: cook(stack), consumerName: 'reader' });
  },
  kafka(stack: TerraformStack) {
    const subnetIds = ['subnet-1', 'subnet-2', 'subnet-3'];
    new KafkaCluster(stack, 'kafka', { clusterName: 'orders', subnetIds, securityGroupIds: ['sg-1'] });
    const source = mskSource(arn('kafka', 'cluster/elsewhere/1-2'));
    new KafkaConsumer(stack, 'reader', { source, topic: 'orders', handler: cook(stack), consumerName: 'reader' });
  },
  'dead-letter-queue'(stack: TerraformStack) {
    deadLetterQueue(stack, 'undelivered', { name: 'undelivered', meaning: 'Not delivered', action: 'Look.' });
  },
};

const goes: Change = () => null;
const replaced: Change = () => 'replace';
const set =
  (change: Record<string, unknown>): Change =>
  (attributes) => ({ ...attributes, ...change });

type Does = readonly [module: keyof typeof BUILD, what: string, at: string, change: Change, finding: string];
const DOES: readonly Does[] = [
  ['topic', 'goes', 'aws_sns_topic.', goes, 'high loss/destroyed'],
  ['topic', 'is replaced', 'aws_sns_topic.', replaced, 'high loss/replaced'],
  ['topic', 'is no longer encrypted', 'aws_sns_topic.', set({ kms_master_key_id: null }), 'high exposure/encryption-off'],
  ['topic', 'takes what comes without TLS', 'aws_sns_topic_policy', goes, 'medium exposure/encryption-off'],
  ['topic', 'loses a subscriber', 'aws_sns_topic_subscription', goes, 'high loss/route-removed'],
  ['topic', 'keeps nothing undelivered', 'aws_sns_topic_subscription', set({ redrive_policy: null }), 'high loss/redrive-removed'],
  ['topic', 'delivers something else', 'aws_sns_topic_subscription', set({ filter_policy: '{"size":["small"]}' }), 'medium loss/filter-changed'],
  ['topic', 'wraps what was raw', 'aws_sns_topic_subscription', set({ raw_message_delivery: false }), 'high stop/message-shape'],
  ['topic', 'may not keep what is undelivered', 'aws_sqs_queue_policy.topic_kitchen-undelivered', goes, 'high stop/queue-policy'],
  ['bus', 'goes', 'aws_cloudwatch_event_bus.', goes, 'high loss/destroyed'],
  ['bus', 'loses its archive', 'aws_cloudwatch_event_archive', goes, 'critical loss/destroyed'],
  ['bus', 'archives for a day', 'aws_cloudwatch_event_archive', set({ retention_days: 1 }), 'high loss/retention-shortened'],
  ['bus', 'archives less', 'aws_cloudwatch_event_archive', set({ event_pattern: '{"source":["x"]}' }), 'medium loss/filter-changed'],
  ['bus', 'refuses another account', 'aws_cloudwatch_event_bus_policy', goes, 'medium stop/queue-policy'],
  ['bus', 'has its rule off', 'aws_cloudwatch_event_rule', set({ state: 'DISABLED' }), 'high stop/route-disabled'],
  ['bus', 'matches other events', 'aws_cloudwatch_event_rule', set({ event_pattern: '{"source":["x"]}' }), 'medium loss/filter-changed'],
  ['bus', 'loses a target', 'aws_cloudwatch_event_target', goes, 'high loss/route-removed'],
  ['bus', 'keeps nothing undelivered', 'aws_cloudwatch_event_target', set({ dead_letter_config: [] }), 'high loss/redrive-removed'],
  ['bus', 'tries once', 'aws_cloudwatch_event_target', set({ retry_policy: [{ maximum_event_age_in_seconds: 60, maximum_retry_attempts: 0 }] }), 'medium loss/retries-reduced'],
  ['pipe', 'goes', 'aws_pipes_pipe', goes, 'high stop/mapping-removed'],
  ['pipe', 'is stopped', 'aws_pipes_pipe', set({ desired_state: 'STOPPED' }), 'high stop/route-disabled'],
  ['pipe', 'filters something else', 'aws_pipes_pipe', set({ source_parameters: [{ filter_criteria: [{ filter: [{ pattern: '{"body":{"size":["small"]}}' }] }] }] }), 'high loss/filter-changed'],
  ['pipe', 'may not read its queue', 'aws_iam_role_policy.pipe', goes, 'high stop/permission-removed'],
  ['stream', 'goes', 'aws_kinesis_stream', goes, 'critical loss/destroyed'],
  ['stream', 'is replaced', 'aws_kinesis_stream', replaced, 'critical loss/replaced'],
  ['stream', 'keeps records for a day', 'aws_kinesis_stream', set({ retention_period: 24 }), 'high loss/retention-shortened'],
  ['stream', 'takes half', 'aws_kinesis_stream', set({ shard_count: 1 }), 'medium stop/capacity-reduced'],
  ['stream', 'is no longer encrypted', 'aws_kinesis_stream', set({ encryption_type: 'NONE' }), 'high exposure/encryption-off'],
  ['stream', 'is read by nobody', 'aws_lambda_event_source_mapping', goes, 'high stop/mapping-removed'],
  ['stream', 'is read anew', 'aws_lambda_event_source_mapping', replaced, 'medium loss/stream-position'],
  ['stream', 'is not read', 'aws_lambda_event_source_mapping', set({ enabled: false }), 'high stop/mapping-disabled'],
  ['stream', 'gives up after one retry', 'aws_lambda_event_source_mapping', set({ maximum_retry_attempts: 1 }), 'low loss/retries-reduced'],
  ['stream', 'gives up after a minute', 'aws_lambda_event_source_mapping', set({ maximum_record_age_in_seconds: 60 }), 'low loss/retries-reduced'],
  ['stream', 'splits no batch', 'aws_lambda_event_source_mapping', set({ bisect_batch_on_function_error: false }), 'medium storm/bisect-removed'],
  ['stream', 'fails whole batches', 'aws_lambda_event_source_mapping', set({ function_response_types: [] }), 'high storm/partial-batch'],
  ['stream', 'keeps nothing given up', 'aws_lambda_event_source_mapping', set({ destination_config: [] }), 'high loss/redrive-removed'],
  ['stream', 'is read ten times at once', 'aws_lambda_event_source_mapping', set({ parallelization_factor: 10 }), 'medium storm/limit-loosened'],
  ['stream', 'loses its dead letters', 'aws_sqs_queue.reader_failed', goes, 'critical loss/destroyed'],
  ['kafka', 'goes', 'aws_msk_cluster', goes, 'critical loss/destroyed'],
  ['kafka', 'is replaced', 'aws_msk_cluster', replaced, 'critical loss/replaced'],
  ['kafka', 'talks without TLS', 'aws_msk_cluster', set({ encryption_info: [{ encryption_in_transit: [{ client_broker: 'TLS_PLAINTEXT', in_cluster: true }] }] }), 'high exposure/encryption-off'],
  ['kafka', 'has fewer brokers', 'aws_msk_cluster', set({ number_of_broker_nodes: 1 }), 'medium stop/capacity-reduced'],
  ['kafka', 'acknowledges what one broker has', 'aws_msk_configuration', set({ server_properties: 'auto.create.topics.enable=false\ndefault.replication.factor=3\nmin.insync.replicas=1\nunclean.leader.election.enable=true' }), 'high loss/protection-removed'],
  ['kafka', 'is read by nobody', 'aws_lambda_event_source_mapping', goes, 'high stop/mapping-removed'],
  ['kafka', 'is not read', 'aws_lambda_event_source_mapping', set({ enabled: false }), 'high stop/mapping-disabled'],
  ['kafka', 'keeps nothing given up', 'aws_lambda_event_source_mapping', set({ destination_config: [] }), 'high loss/redrive-removed'],
  ['dead-letter-queue', 'goes', 'aws_sqs_queue.', goes, 'critical loss/destroyed'],
  ['dead-letter-queue', 'is replaced', 'aws_sqs_queue.', replaced, 'critical loss/replaced'],
  ['dead-letter-queue', 'keeps messages for an hour', 'aws_sqs_queue.', set({ message_retention_seconds: 3600 }), 'high loss/retention-shortened'],
  ['dead-letter-queue', 'takes what comes without TLS', 'aws_sqs_queue_policy', goes, 'medium exposure/encryption-off'],
  ['dead-letter-queue', 'rings for nobody', 'aws_cloudwatch_metric_alarm', goes, 'high blind/alarm-removed'],
]; // biome-ignore format: a table

test.each(DOES)('%s: it %s', async (module, _, at, change, finding) => {
  const said = headlines(await reviewOf(existingPlan(synthesized(BUILD[module]).json, { [at]: change })));
  expect(said.some((line) => line.startsWith(`${finding} ${at.replace(/[.]$/, '')}`))).toBe(true);
});

test.each(Object.keys(BUILD) as (keyof typeof BUILD)[])(
  '%s: a plan that changes nothing says nothing',
  async (module) => {
    expect(headlines(await reviewOf(existingPlan(synthesized(BUILD[module]).json, {})))).toEqual([]);
  },
);
