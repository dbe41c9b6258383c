import { rule } from '../../../../review/rules/loss/destroyed';
import { describeRule, saidOf } from '../../describe-rule';
import { arn, plan, queue, resource } from '../../small-plan';

const gone = (type: string, attributes: Record<string, unknown>) =>
  plan(resource(`${type}.old`, { name: 'old', id: 'old', ...attributes }, { after: null }));
const key = { id: 'k', key_id: 'k', arn: arn('kms', 'key/k'), is_enabled: true };
const encrypted = queue('orders', { kms_master_key_id: key.arn });

describeRule(rule, [
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
