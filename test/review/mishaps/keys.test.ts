import type { Json } from '../changed-plans';
import { arn, plan, queue, resource } from '../small-plan';
import { testMishaps, there } from './mishaps';

const ARN = arn('kms', 'key/k');
const KEY = { id: 'k', key_id: 'k', arn: ARN, is_enabled: true };
const goes = resource('aws_kms_key.k', KEY, { after: null });
const ALIAS = { id: 'alias/k', name: 'alias/k', arn: arn('kms', 'alias/k'), target_key_id: 'k' };
const alias = (options?: Parameters<typeof resource>[2]) => resource('aws_kms_alias.k', ALIAS, options);
const orders = there('aws_sqs_queue.orders', queue('orders', { kms_master_key_id: 'alias/k' }));
const CRITICAL = ['critical loss/destroyed aws_kms_key.k'];

describe('a key that is destroyed is told with what it encrypts', () => {
  const users: readonly (readonly [string, Json])[] = [
    ['aws_ebs_volume', { kms_key_id: ARN }],
    ['aws_redshift_cluster', { kms_key_id: ARN }],
    ['aws_neptune_cluster', { kms_key_arn: ARN }],
    ['aws_opensearch_domain', { encrypt_at_rest: [{ kms_key_id: ARN }] }],
    ['aws_ecr_repository', { encryption_configuration: [{ kms_key: ARN }] }],
    ['aws_cloudwatch_event_archive', { kms_key_identifier: ARN }],
    ['aws_scheduler_schedule', { kms_key_arn: ARN }],
    ['aws_eks_cluster', { encryption_config: [{ provider: [{ key_arn: ARN }] }] }],
    ['aws_dynamodb_table_replica', { kms_key_arn: ARN }],
  ];
  testMishaps(
    users.map(([type, values]) => [
      type,
      plan(goes, there(`${type}.user`, { id: 'user', name: 'user', ...values })),
      CRITICAL,
      { says: [`It encrypts ${type}.user`] },
    ]),
  );
  testMishaps([
    ['by its alias', plan(goes, alias(), orders), CRITICAL, { says: ['It encrypts aws_sqs_queue.orders'] }],
    [
      'that was moved to another key before',
      plan(goes, there('aws_sqs_queue.orders', queue('orders', { kms_master_key_id: arn('kms', 'key/other') }))),
      CRITICAL,
      { never: ['aws_sqs_queue.orders'] },
    ],
  ]);
});

describe('a key or its alias that is switched off', () => {
  const disabled = (type: string) =>
    plan(
      resource(`${type}.k`, { ...KEY, enabled: true }, { after: { ...KEY, enabled: false } }),
      there('aws_sqs_queue.orders', queue('orders', { kms_master_key_id: ARN })),
    );
  const replaced = (name: string) =>
    alias({ after: { ...ALIAS, id: `alias/${name}`, name: `alias/${name}` }, actions: ['delete', 'create'] });
  testMishaps([
    ['imported material', disabled('aws_kms_external_key'), ['critical stop/key-disabled aws_kms_external_key.k']],
    ['a replica', disabled('aws_kms_replica_key'), ['critical stop/key-disabled aws_kms_replica_key.k']],
    ['an alias gets another name', plan(replaced('new'), orders), ['critical stop/key-disabled aws_kms_alias.k']],
    ['an alias that nothing names gets another name', plan(replaced('new')), []],
  ]);
});
