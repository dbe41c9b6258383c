import { reviewOf } from './plan-files';
import { plan, resource } from './small-plan';

const notes = async (type: string, options: { after?: null } = { after: null }) =>
  (await reviewOf(plan(resource(`${type}.it`, { id: 'it' }, options)))).notes;

test.each([
  'awscc_sqs_queue_policy',
  'aws_mskconnect_connector',
  'google_pubsub_topic',
  'azurerm_servicebus_queue',
  'kubernetes_stateful_set',
  'aws_eks_node_group',
])('%s is listed as not seen when it changes', async (type) => {
  expect(await notes(type)).toContainEqual(
    `1 resource of types that this review doesn't know may hold, carry or read messages; look at what happens to them yourself: ${type}.`,
  );
});

test.each([
  'aws_cloudwatch_log_stream',
  'aws_kinesis_video_stream',
  'aws_instance',
  'aws_sqs_queue',
  'random_pet',
  'kafka_topic',
  'rabbitmq_queue',
  'kubernetes_deployment',
])('%s is not', async (type) => {
  expect((await notes(type)).join()).not.toContain("doesn't know");
});

test('what stays as it is is not listed', async () => {
  expect((await notes('awscc_sqs_queue_policy', {})).join()).not.toContain("doesn't know");
});
