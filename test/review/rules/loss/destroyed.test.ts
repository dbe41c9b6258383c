import { rule } from '../../../../review/rules/loss/destroyed';
import { describeRule, saidOf } from '../../describe-rule';
import { arn, plan, queue, resource } from '../../small-plan';

const gone = (type: string, attributes: Record<string, unknown>) =>
  plan(resource(`${type}.old`, { name: 'old', id: 'old', ...attributes }, { after: null }));
const key = { id: 'k', key_id: 'k', arn: arn('kms', 'key/k'), is_enabled: true };
const encrypted = queue('orders', { kms_master_key_id: key.arn });

const stream = { name: 'clicks', arn: arn('kinesis', 'stream/clicks'), enforce_consumer_deletion: false };
const fanOut = { name: 'fraud', stream_arn: stream.arn, arn: arn('kinesis', 'stream/clicks/consumer/fraud:1') };
const streamGone = (consumer: object, attributes: object = {}) =>
  plan(
    resource('aws_kinesis_stream.clicks', { ...stream, ...attributes }, { after: null }),
    resource('aws_kinesis_stream_consumer.fraud', fanOut, consumer),
  );

describeRule(rule, [
  [
    'a database of which a last snapshot is kept loses its users, not its data',
    gone('aws_db_instance', { skip_final_snapshot: false, final_snapshot_identifier: 'last' }),
    ['high aws_db_instance.old'],
  ],
  [
    'a database without a last snapshot is lost',
    gone('aws_db_instance', { skip_final_snapshot: true, final_snapshot_identifier: 'last' }),
    ['critical aws_db_instance.old'],
  ],
  ['a stream with a registered consumer is refused', streamGone({}), ['high aws_kinesis_stream.clicks']],
  ['a stream whose consumer goes with it is lost', streamGone({ after: null }), ['critical aws_kinesis_stream.clicks']],
  [
    'a stream that takes its consumers along is lost',
    streamGone({}, { enforce_consumer_deletion: true }),
    ['critical aws_kinesis_stream.clicks'],
  ],
  [
    'a database that is protected is refused',
    gone('aws_db_instance', { deletion_protection: true }),
    ['high aws_db_instance.old'],
  ],
  [
    'a cluster without a final snapshot is refused',
    gone('aws_rds_cluster', { skip_final_snapshot: false, final_snapshot_identifier: null }),
    ['high aws_rds_cluster.old'],
  ],
  [
    'a bucket that may be emptied loses its objects',
    gone('aws_s3_bucket', { force_destroy: true }),
    ['critical aws_s3_bucket.old'],
  ],
  ['a cluster with others’ services in it is refused', gone('aws_ecs_cluster', {}), ['high aws_ecs_cluster.old']],
  ['a registry takes along others’ schemas', gone('aws_glue_registry', {}), ['critical aws_glue_registry.old']],
  [
    'a namespace takes along what others put into it',
    gone('kubernetes_namespace', {}),
    ['critical kubernetes_namespace.old'],
  ],
  [
    'a warehouse without a last snapshot is refused',
    gone('aws_redshift_cluster', { skip_final_snapshot: false }),
    ['high aws_redshift_cluster.old'],
  ],
  [
    'a database that may be forced is lost',
    gone('aws_dsql_cluster', { deletion_protection_enabled: true, force_destroy: true }),
    ['critical aws_dsql_cluster.old'],
  ],
  [
    'an account keeps what is its own',
    gone('aws_quicksight_account_settings', { termination_protection_enabled: true }),
    [],
  ],
  ['a load balancer without protection goes in silence', gone('aws_lb', { enable_deletion_protection: false }), []],
  ['an API takes its routes and stages along', gone('aws_apigatewayv2_api', {}), ['high aws_apigatewayv2_api.old']],
]);

test('a key names what it encrypts and stays, and nothing that is moved to another key', async () => {
  const said = await saidOf(
    rule,
    plan(
      resource('aws_kms_key.k', key, { after: null }),
      resource('aws_sqs_queue.orders', encrypted),
      resource('aws_sqs_queue.moved', queue('moved', { kms_master_key_id: key.arn }), {
        after: queue('moved', { kms_master_key_id: arn('kms', 'key/other') }),
      }),
    ),
  );
  expect(said[0]?.why).toContain('It encrypts aws_sqs_queue.orders:');
});

test.each<[string, string, Record<string, unknown>]>([
  [
    'a subscription',
    'aws_sns_topic_subscription',
    { topic_arn: arn('sns', 't'), protocol: 'sqs', endpoint: arn('sqs', 'orders') },
  ],
  ['an event target', 'aws_cloudwatch_event_target', { rule: 'r', target_id: 't', arn: arn('sqs', 'orders') }],
  [
    'a schedule',
    'aws_scheduler_schedule',
    { name: 's', group_name: 'g', state: 'ENABLED', target: [{ arn: arn('sqs', 'orders') }] },
  ],
])('%s that stays and still delivers is named', async (_, type, route) => {
  const queueGone = resource('aws_sqs_queue.orders', queue('orders'), { after: null });
  const [said] = await saidOf(rule, plan(queueGone, resource(`${type}.r`, route)));
  expect(said?.why).toContain(`${type}.r stays and still delivers to it: what comes that way fails from then on.`);
  const [alone] = await saidOf(rule, plan(queueGone, resource(`${type}.r`, route, { after: null })));
  expect(alone?.why).not.toContain('still delivers');
});

test('a route that is moved to another queue is not named', async () => {
  const route = { topic_arn: arn('sns', 't'), protocol: 'sqs', endpoint: arn('sqs', 'orders') };
  const [said] = await saidOf(
    rule,
    plan(
      resource('aws_sqs_queue.orders', queue('orders'), { after: null }),
      resource('aws_sqs_queue.v2', queue('v2')),
      resource('aws_sns_topic_subscription.r', route, { after: { ...route, endpoint: arn('sqs', 'v2') } }),
    ),
  );
  expect(said?.why).not.toContain('still delivers');
});

test('what is empty by itself is not said to lose data', async () => {
  const [said] = await saidOf(rule, gone('aws_ecs_cluster', {}));
  expect(said?.action).toContain('empty it first, and destroy it in an apply of its own');
});

test.each([
  ['aws_lb', { enable_deletion_protection: true }],
  ['aws_alb', { enable_deletion_protection: true }],
  ['aws_networkfirewall_firewall', { delete_protection: true }],
  ['aws_emr_cluster', { termination_protection: true }],
  ['aws_cloudtrail_event_data_store', { termination_protection_enabled: true }],
  ['aws_cognito_user_pool', { deletion_protection: 'ACTIVE' }],
  ['aws_verifiedpermissions_policy_store', { deletion_protection: 'ENABLED' }],
  ['aws_eks_cluster', { deletion_protection: true }],
  ['aws_cloudwatch_log_group', { deletion_protection_enabled: true }],
])('%s that is protected stops the apply', async (type, attributes) => {
  const [said] = await saidOf(rule, gone(type, attributes));
  expect(said).toMatchObject({ severity: 'high', title: 'A destroy that AWS refuses' });
});
