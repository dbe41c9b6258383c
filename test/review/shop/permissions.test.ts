import { arn, policy, reference } from '../small-plan';
import { ACCOUNT, FUNCTION, GRANTS, grants, MAPPING, QUEUE, whatItSays, without } from './shop';

whatItSays('permissions and keys', [
  [
    'the key',
    (shop) => shop.update(GRANTS, { policy: without(grants(), 1) }),
    ['high stop/key-permission aws_iam_role_policy.consumer'],
  ],
  [
    'the key of somebody else',
    (shop) =>
      shop.update(GRANTS, {
        policy: policy(...grants().map((s, i) => (i === 1 ? { ...s, Resource: arn('kms', 'key/other') } : s))),
      }),
    ['high stop/key-permission aws_iam_role_policy.consumer'],
  ],
  [
    'sending on',
    (shop) => shop.update(GRANTS, { policy: without(grants(), 2) }),
    ['medium stop/permission-removed aws_iam_role_policy.consumer'],
  ],
  [
    'a Deny',
    (shop) => shop.update(GRANTS, { policy: policy(...grants(), { Effect: 'Deny', Action: 'sqs:*', Resource: '*' }) }),
    [
      'high stop/permission-removed aws_iam_role_policy.consumer',
      'medium stop/permission-removed aws_iam_role_policy.consumer',
    ],
  ],
  [
    'a Deny of all that does not come by an endpoint',
    (shop) =>
      shop.update(GRANTS, {
        policy: policy(...grants(), {
          Effect: 'Deny',
          Action: 'sqs:*',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
        }),
      }),
    ['high stop/permission-removed aws_iam_role_policy.consumer'],
  ],
  [
    'a policy of its own that is detached',
    (shop) => shop.remove('aws_iam_role_policy_attachment.notify'),
    ['high stop/permission-removed aws_iam_role_policy_attachment.notify'],
  ],
  [
    "a policy of AWS's own that is detached, and that the role still lists",
    (shop) => {
      const policy_arn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole';
      return shop
        .was('aws_iam_role_policy_attachment.notify', { policy_arn })
        .was('aws_iam_role.notify', { managed_policy_arns: [policy_arn] })
        .remove('aws_iam_role_policy_attachment.notify');
    },
    [
      'high stop/permission-removed aws_iam_role_policy_attachment.notify',
      'medium blind/logs-removed aws_iam_role_policy_attachment.notify',
    ],
  ],
  [
    'a key that the role needs to send with',
    (shop) => {
      const both = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: arn('kms', 'key/k-1') };
      const given = grants().map((statement, position) => (position === 1 ? both : statement));
      return shop.was(GRANTS, { policy: policy(...given) }).update(GRANTS, { policy: policy(...grants()) });
    },
    ['medium stop/permission-removed aws_iam_role_policy.consumer'],
  ],
  [
    'a boundary that does not have it',
    (shop) =>
      shop
        .also('aws_iam_policy.boundary', {
          arn: `arn:aws:iam::${ACCOUNT}:policy/boundary`,
          policy: policy({ Effect: 'Allow', Action: ['kms:*', 'kinesis:*', 'dynamodb:*'], Resource: '*' }),
        })
        .update('aws_iam_role.consumer', { permissions_boundary: `arn:aws:iam::${ACCOUNT}:policy/boundary` }),
    ['high stop/permission-removed aws_iam_role.consumer', 'medium stop/permission-removed aws_iam_role.consumer'],
  ],
  [
    'a boundary that nobody can read',
    (shop) => shop.update('aws_iam_role.consumer', { permissions_boundary: `arn:aws:iam::${ACCOUNT}:policy/b` }),
    ['medium stop/role-unusable aws_iam_role.consumer'],
  ],
  [
    'a trust policy without Lambda',
    (shop) =>
      shop.update('aws_iam_role.consumer', {
        assume_role_policy: policy({
          Effect: 'Allow',
          Principal: { Service: 'ec2.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
      }),
    ['critical stop/role-unusable aws_iam_role.consumer'],
  ],
  [
    'a role that anybody may take on',
    (shop) =>
      shop.update('aws_iam_role.consumer', {
        assume_role_policy: policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }),
      }),
    ['critical exposure/public aws_iam_role.consumer'],
  ],
  [
    'a role made anew',
    (shop) =>
      shop
        .replace('aws_iam_role.consumer', { name: 'consumer-v2' })
        .replace(GRANTS, {}, { id: true, role: true })
        .update(FUNCTION, {}, { role: true }),
    ['medium stop/role-unusable aws_iam_role.consumer'],
  ],
  [
    'another role without the permission',
    (shop) => shop.update(FUNCTION, { role: `arn:aws:iam::${ACCOUNT}:role/notify` }),
    ['high stop/permission-removed aws_lambda_function.consumer'],
  ],
  [
    'another function without the permission',
    (shop) =>
      shop.update(MAPPING, {
        function_name: arn('lambda', 'function:notify'),
        function_arn: arn('lambda', 'function:notify'),
      }),
    ['high stop/permission-removed aws_lambda_event_source_mapping.orders'],
  ],
  [
    'a queue under a key that only the apply will tell',
    (shop) =>
      shop
        .add('aws_kms_key.new', { is_enabled: true }, { id: true, arn: true, key_id: true, policy: true }, {})
        .update(QUEUE, {}, { kms_master_key_id: true })
        .configure(QUEUE, { kms_master_key_id: reference('aws_kms_key.new.arn') }),
    [
      'high stop/key-permission aws_sqs_queue.orders',
      'high stop/key-sender aws_sqs_queue.orders',
      'high stop/key-sender aws_sqs_queue.orders',
    ],
  ],
  [
    "a queue under somebody else's key",
    (shop) => shop.update(QUEUE, { kms_master_key_id: arn('kms', 'key/other-team') }),
    ['high stop/key-permission aws_sqs_queue.orders'],
  ],
  [
    "a queue under the account's own key for SQS",
    (shop) => shop.update(QUEUE, { kms_master_key_id: 'alias/aws/sqs' }),
    ['high stop/key-sender aws_sqs_queue.orders', 'high stop/key-sender aws_sqs_queue.orders'],
  ],
  [
    'an alias that leads to another key',
    (shop) =>
      shop
        .was(QUEUE, { kms_master_key_id: 'alias/k' })
        .update('aws_kms_alias.k', { target_key_id: 'k-9', target_key_arn: arn('kms', 'key/k-9') }),
    ['high stop/key-permission aws_kms_alias.k', 'medium stop/key-alias-retargeted aws_kms_alias.k'],
  ],
  [
    'a key policy without the services',
    (shop) =>
      shop.update('aws_kms_key.k', {
        policy: policy({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
          Action: 'kms:*',
          Resource: '*',
        }),
      }),
    ['high stop/key-policy aws_kms_key.k'],
  ],
  [
    "a key policy that no longer leaves it to the account's roles",
    (shop) =>
      shop.update('aws_kms_key.k', {
        policy: policy({
          Effect: 'Allow',
          Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] },
          Action: 'kms:*',
          Resource: '*',
        }),
      }),
    ['high stop/key-policy aws_kms_key.k'],
  ],
  [
    'a grant that was one way of several',
    (shop) =>
      shop
        .also('aws_kms_grant.c', {
          id: 'k-1:g',
          key_id: arn('kms', 'key/k-1'),
          grantee_principal: `arn:aws:iam::${ACCOUNT}:role/consumer`,
          operations: ['Decrypt'],
        })
        .remove('aws_kms_grant.c'),
    ['low stop/key-policy aws_kms_grant.c'],
  ],
  [
    'the grant that was the only way',
    (shop) =>
      shop
        .was(GRANTS, { policy: without(grants(), 1) })
        .also('aws_kms_grant.c', {
          id: 'k-1:g',
          key_id: arn('kms', 'key/k-1'),
          grantee_principal: `arn:aws:iam::${ACCOUNT}:role/consumer`,
          operations: ['Decrypt'],
        })
        .remove('aws_kms_grant.c'),
    ['high stop/key-permission aws_kms_grant.c'],
  ],
  [
    'users of a cluster',
    (shop) =>
      shop
        .also('aws_msk_scram_secret_association.x', {
          cluster_arn: arn('kafka', 'cluster/shop/1'),
          secret_arn_list: ['a'],
        })
        .remove('aws_msk_scram_secret_association.x'),
    ['high stop/broker-login-removed aws_msk_scram_secret_association.x'],
  ],
]);
