import { type TerraformStack, Testing } from 'cdktf';
import { addStacks } from '../../environments';
import { defineEnvironment, type EnvironmentSettings } from '../../environments/settings';
import { exampleWithBrokers } from './example';

const secretArn = 'arn:aws:secretsmanager:eu-central-1:444444444444:secret:payment-abcdef';
const secretKmsKeyArn = 'arn:aws:kms:eu-central-1:444444444444:key/11111111-2222-3333-4444-555555555555';

const paidAt = (payment: object): EnvironmentSettings => ({
  ...exampleWithBrokers,
  shops: exampleWithBrokers.shops.map((shop) => ({ ...shop, payment }) as EnvironmentSettings['shops'][number]),
});

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: object;
}

/** The statements of every role that may read the secret, by the role's policy. */
function readers(settings: EnvironmentSettings): [string, readonly Statement[]][] {
  const app = Testing.app();
  addStacks(app, settings);
  const stacks = app.node.children.filter((child): child is TerraformStack => 'dependencies' in child);
  for (const stack of stacks) stack.prepareStack();
  const policies = stacks.flatMap((stack) => {
    const { resource = {} } = stack.toTerraform() as { resource?: Record<string, Record<string, unknown>> };
    return Object.values(resource.aws_iam_role_policy ?? {}) as { name: string; policy: string }[];
  });
  return policies
    .map(({ name, policy }): [string, Statement[]] => [name, JSON.parse(policy).Statement])
    .filter(([, statements]) => statements.some(({ Resource }) => Resource.includes(secretArn)));
}

test('whoever may read a secret under a key of its own may use that key, through Secrets Manager only', () => {
  const found = readers(defineEnvironment(paidAt({ url: 'https://payment.example.com', secretArn, secretKmsKeyArn })));
  const kinds = new Set(found.map(([name]) => name.replace(/^example-eu-(central|west)-1-/, '')));
  expect([...kinds].sort()).toEqual([
    ...[
      'broker-consumer',
      'broker-consumer-dead-letters',
      'saga-canary',
      'saga-saga-charge',
      'saga-saga-refund',
      'shop-canary',
      'shop-consumer',
    ],
  ]);
  for (const [name, statements] of found) {
    expect([name, statements.filter(({ Resource }) => Resource.includes(secretKmsKeyArn))]).toEqual([
      name,
      [
        {
          ...{ Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [secretKmsKeyArn] },
          Condition: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } },
        },
      ],
    ]);
  }
});

test('a key is one of a secret, by its ARN', () => {
  const url = 'https://payment.example.com';
  expect(() => defineEnvironment(paidAt({ url, secretKmsKeyArn }))).toThrow('payment');
  expect(() => defineEnvironment(paidAt({ url, secretArn, secretKmsKeyArn: 'alias/payment' }))).toThrow('payment');
});
