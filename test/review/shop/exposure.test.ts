import { arn, policy } from '../small-plan';
import { EVENTS, FUNCTION, GRANTS, grants, POLICY, type Shop, TOPIC, whatItSays } from './shop';

const ONLY_TLS = {
  ...{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const tlsOnly = (shop: Shop) => {
  const { url } = shop.of('aws_sqs_queue.notify');
  return { id: url, queue_url: url, policy: policy(ONLY_TLS) };
};

whatItSays('exposure', [
  [
    'everything by an attached policy',
    (shop) =>
      shop.add('aws_iam_role_policy_attachment.admin', {
        role: 'consumer',
        policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    ['high exposure/wildcard aws_iam_role_policy_attachment.admin'],
  ],
  [
    'everything but a little',
    (shop) =>
      shop.update(GRANTS, { policy: policy(...grants(), { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }) }),
    ['high exposure/wildcard aws_iam_role_policy.consumer'],
  ],
  [
    'every queue by its ARN',
    (shop) =>
      shop.update(GRANTS, {
        policy: policy(...grants(), { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:*:*:*' }),
      }),
    ['medium exposure/wildcard aws_iam_role_policy.consumer'],
  ],
  [
    'everybody but one',
    (shop) =>
      shop.update(POLICY, {
        policy: policy(TOPIC, EVENTS, {
          Effect: 'Allow',
          NotPrincipal: { AWS: '222222222222' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        }),
      }),
    ['high exposure/public aws_sqs_queue_policy.orders', 'medium exposure/wildcard aws_sqs_queue_policy.orders'],
  ],
  [
    'everybody who encrypts the transport',
    (shop) =>
      shop.update(POLICY, {
        policy: policy(TOPIC, EVENTS, {
          Effect: 'Allow',
          Principal: '*',
          Action: 'sqs:SendMessage',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
      }),
    ['high exposure/public aws_sqs_queue_policy.orders'],
  ],
  [
    'secrets by their form',
    (shop) =>
      shop.update(FUNCTION, {
        environment: [
          {
            variables: {
              A: 'b',
              DATABASE_URL: 'postgres://app:hunter2hunter2@db:5432/x',
              KEY: 'sk_live_51Hxxxxxxxxxxxxxxx',
            },
          },
        ],
      }),
    ['high exposure/plain-secret aws_lambda_function.consumer'],
  ],
  [
    'secrets by their mark, but not where a place is named',
    (shop) =>
      shop
        .update(FUNCTION, { environment: [{ variables: { A: 'b', HOST: 'db', TOKEN_ARN: 'arn:aws:x' } }] })
        .sensitive(FUNCTION, { environment: [{ variables: { HOST: true, TOKEN_ARN: true } }] }),
    ['medium exposure/plain-secret aws_lambda_function.consumer'],
  ],
  [
    'a password by its mark',
    (shop) =>
      shop
        .update(FUNCTION, { environment: [{ variables: { A: 'b', DB_PASSWORD: 'x' } }] })
        .sensitive(FUNCTION, { environment: [{ variables: { DB_PASSWORD: true } }] }),
    ['high exposure/plain-secret aws_lambda_function.consumer'],
  ],
  [
    'the place of a secret by its mark',
    (shop) =>
      shop
        .update(FUNCTION, { environment: [{ variables: { A: 'b', TOKEN_ARN: 'arn:aws:x' } }] })
        .sensitive(FUNCTION, { environment: [{ variables: { TOKEN_ARN: true } }] }),
    [],
  ],
  [
    'a parameter in plain text',
    (shop) =>
      shop
        .also('aws_ssm_parameter.pw', { name: '/db/password', type: 'SecureString' })
        .update('aws_ssm_parameter.pw', { type: 'String' }),
    ['high exposure/encryption-off aws_ssm_parameter.pw'],
  ],
  [
    "a key of one's own gives way",
    (shop) => shop.update('aws_sqs_queue.orders_dlq', { kms_master_key_id: '', sqs_managed_sse_enabled: true }),
    ['low exposure/encryption-off aws_sqs_queue.orders_dlq'],
  ],
  [
    'connections without TLS are let in',
    (shop) =>
      shop.was(POLICY, { policy: policy(TOPIC, EVENTS, ONLY_TLS) }).update(POLICY, { policy: policy(TOPIC, EVENTS) }),
    ['medium exposure/encryption-off aws_sqs_queue_policy.orders'],
  ],
  [
    'the policy that keeps connections without TLS out goes',
    (shop) => shop.also('aws_sqs_queue_policy.notify', tlsOnly(shop)).remove('aws_sqs_queue_policy.notify'),
    ['medium exposure/encryption-off aws_sqs_queue_policy.notify'],
  ],
  [
    'connections without TLS are kept out in other words',
    (shop) =>
      shop
        .was(POLICY, { policy: policy(TOPIC, EVENTS, ONLY_TLS) })
        .update(POLICY, { policy: policy({ ...ONLY_TLS, Sid: 'Tls', Action: '*' }, EVENTS, TOPIC) }),
    [],
  ],
  [
    'keys of one’s own for a log and a secret are given up',
    (shop) =>
      shop
        .was('aws_cloudwatch_log_group.consumer', { kms_key_id: arn('kms', 'key/k-1') })
        .update('aws_cloudwatch_log_group.consumer', { kms_key_id: '' })
        .also('aws_secretsmanager_secret.login', { id: 'login', kms_key_id: arn('kms', 'key/k-1') })
        .update('aws_secretsmanager_secret.login', { kms_key_id: '' }),
    [
      'low exposure/encryption-off aws_cloudwatch_log_group.consumer',
      'low exposure/encryption-off aws_secretsmanager_secret.login',
    ],
  ],
]);
