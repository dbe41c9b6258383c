import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import { orderHistory } from '../../functions/shop/order-history/contract';
import { type Defaults, setDefaults } from '../../modules/defaults';
import { LambdaFunction } from '../../modules/lambda-function';
import { TieredQueue } from '../../modules/tiered-queue';
import { surroundings } from './example-surroundings';
import { bundleExamples, examplesIn, MODULES, root, written } from './examples-of-readmes';
import { WITH_EXISTING_QUEUES } from './existing-queues';
import { synthesized } from './synthesized';

const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:platform-alarms';
const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/platform';
const BOUNDARY = 'arn:aws:iam::111111111111:policy/platform-boundary';
const defaults = {
  namePrefix: 'acme-',
  tags: { CostCenter: '4711' },
  kmsKeyArn: KEY,
  roles: { permissionsBoundary: BOUNDARY, path: '/platform/' },
  logRetentionDays: 545,
  alarmActions: [TOPIC],
  runbooks: 'https://runbooks.acme.example',
} satisfies Defaults;

bundleExamples();
const source = written();

/** Every module, as the example of its README has it. */
const everyModule = (given?: Defaults) =>
  MODULES.map((name) => {
    const { json } = synthesized((stack) => {
      if (given) setDefaults(stack, given);
      examplesIn(source)(name, stack);
    });
    return [name, json.resource] as const;
  });

type Resource = Record<string, unknown>;
const everyResource = (given?: Defaults) =>
  everyModule(given).flatMap(([module, types]) =>
    Object.entries(types).flatMap(([type, named]) =>
      Object.entries(named).map(([id, resource]) => ({
        path: `${module}: ${type}.${id}`,
        type,
        resource: resource as Resource,
      })),
    ),
  );

/** The attribute that names a resource on AWS, where it isn't `name`. */
const NAMED_BY: Readonly<Record<string, string>> = {
  aws_lambda_function: 'function_name',
  aws_cloudwatch_metric_alarm: 'alarm_name',
  aws_mq_broker: 'broker_name',
  aws_msk_cluster: 'cluster_name',
  aws_msk_serverless_cluster: 'cluster_name',
};
/** Named within what has the prefix, or for what is named by AWS. */
const NOT_NAMED = [
  'aws_iam_role_policy',
  'aws_apigatewayv2_stage',
  'aws_cloudwatch_event_archive',
  'aws_route53_record',
];

describe('what is set once', () => {
  const resources = everyResource(defaults);
  const plain = everyResource();
  const of = (type: string) => resources.filter((each) => each.type === type);

  test('prefixes the name of everything that has one', () => {
    const escaped = resources.filter(({ path, type, resource }) => {
      // Whoever makes a log group names the whole path.
      const name = resource[NAMED_BY[type] ?? 'name'];
      if (
        typeof name !== 'string' ||
        name.startsWith('${') ||
        NOT_NAMED.includes(type) ||
        path.startsWith('log-group:')
      )
        return false;
      return !/^(acme-|alias\/acme-|\/aws\/[\w/-]+\/acme-)/.test(name);
    });
    expect(escaped.map(({ path, resource }) => `${path}: ${resource.name}`)).toEqual([]);
  });

  test('tags everything that takes tags', () => {
    const tagged = resources.filter(({ resource }) => resource.tags !== undefined);
    const types = new Set(tagged.map(({ type }) => type));
    expect(types.size).toBeGreaterThan(20);
    expect(tagged.filter(({ resource }) => (resource.tags as Resource).CostCenter !== '4711')).toEqual([]);
    expect(resources.filter(({ type, resource }) => types.has(type) && !resource.tags)).toEqual([]);
    for (const type of ['aws_sqs_queue', 'aws_lambda_function', 'aws_dynamodb_table', 'aws_iam_role', 'aws_sns_topic'])
      expect(types).toContain(type);
  });

  test('bounds and files every role', () => {
    expect(of('aws_iam_role').length).toBeGreaterThan(20);
    const escaped = of('aws_iam_role').filter(
      ({ resource }) => resource.permissions_boundary !== BOUNDARY || resource.path !== '/platform/',
    );
    expect(escaped.map(({ path }) => path)).toEqual([]);
  });

  test('encrypts whatever a key of one’s own can encrypt', () => {
    const keyOf = ({ type, resource }: (typeof resources)[number]) =>
      ({
        aws_sqs_queue: resource.kms_master_key_id,
        aws_sns_topic: resource.kms_master_key_id,
        aws_lambda_function: resource.kms_key_arn,
        aws_cloudwatch_log_group: resource.kms_key_id,
        aws_kinesis_stream: resource.kms_key_id,
        aws_scheduler_schedule: resource.kms_key_arn,
        aws_cloudwatch_event_bus: resource.kms_key_identifier,
        aws_dynamodb_table: (resource.server_side_encryption as Resource | undefined)?.kms_key_arn,
        aws_sfn_state_machine: (resource.encryption_configuration as Resource | undefined)?.kms_key_id,
      })[type] as string | undefined;
    const kinds = new Set([
      'sqs_queue',
      'sns_topic',
      'lambda_function',
      'cloudwatch_log_group',
      'kinesis_stream',
      'scheduler_schedule',
      'cloudwatch_event_bus',
      'dynamodb_table',
      'sfn_state_machine',
    ]);
    const escaped = resources.filter((each) => kinds.has(each.type.slice(4)) && !keyOf(each));
    // What can't be encrypted with the key is kept without it.
    expect(escaped.map(({ path }) => path).filter((path) => !path.includes('unencrypted'))).toEqual([]);
  });

  test('keeps every log as long', () => {
    expect(of('aws_cloudwatch_log_group').length).toBeGreaterThan(20);
    // What an example says itself wins.
    const said = plain.filter(({ resource }) => ![undefined, 365].includes(resource.retention_in_days as number));
    const escaped = of('aws_cloudwatch_log_group').filter(
      ({ path, resource }) => resource.retention_in_days !== 545 && !said.some((each) => each.path === path),
    );
    expect(escaped.map(({ path }) => path)).toEqual([]);
  });

  test('sends every alarm to the topic, with a link that can be followed', () => {
    expect(of('aws_cloudwatch_metric_alarm').length).toBeGreaterThan(40);
    for (const { path, resource } of of('aws_cloudwatch_metric_alarm')) {
      expect([path, (resource.alarm_actions as string[]).length]).toEqual([path, 1]);
      const text = String(resource.alarm_description);
      if (text.includes('Runbook:')) expect(text).toMatch(/Runbook: https:\/\/runbooks\.acme\.example\/[\w-]+\.md$/);
    }
  });

  test('changes no address', () => {
    // A broker without a key makes its own; a bus with one has a queue for what could not be encrypted.
    const paths = (all: typeof resources) =>
      all.map(({ path }) => path).filter((path) => !/_vault_key_|bus_unencrypted/.test(path));
    expect(paths(resources)).toEqual(paths(plain));
  });

  test('is in the table of docs/defaults.md, module by module', () => {
    const has = (module: string, kind: (each: (typeof resources)[number]) => boolean) =>
      resources.some((each) => each.path.startsWith(`${module}: `) && !/\.given-/.test(each.path) && kind(each));
    const cell = (yes: boolean) => (yes ? 'yes' : '–');
    const rows = MODULES.map((module) => {
      const role = has(module, ({ type }) => type === 'aws_iam_role');
      const alarms = has(module, ({ type }) => type === 'aws_cloudwatch_metric_alarm');
      return [
        `[${module}](../modules/${module}/README.md)`,
        cell(module in WITH_EXISTING_QUEUES),
        ...[role, role].map(cell),
        cell(has(module, ({ resource }) => JSON.stringify(resource).includes(KEY))),
        cell(has(module, ({ resource }) => resource.tags !== undefined)),
        cell(has(module, ({ resource }) => JSON.stringify(resource).includes('acme-'))),
        ...[alarms, alarms].map(cell),
      ];
    });
    const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
    expect(readFileSync(join(root, 'docs', 'defaults.md'), 'utf8')).toContain(table);
  });

  test.each(Object.keys(WITH_EXISTING_QUEUES))('%s takes queues that are there already', (module) => {
    const { json } = synthesized((stack) => WITH_EXISTING_QUEUES[module]?.(stack, surroundings(stack)));
    const resources = Object.entries(json.resource).map(([type, named]) => [type, JSON.stringify(named)] as const);
    expect(resources.some(([, text]) => /\btheirs\b/.test(text))).toBe(true);
    // None of them is made.
    expect(resources.find(([type]) => type === 'aws_sqs_queue')?.[1] ?? '').not.toMatch(/"name":"theirs/);
  });

  test('switches every alarm off', () => {
    const off = everyResource({ alarmActions: 'off' }).filter(({ type }) => type === 'aws_cloudwatch_metric_alarm');
    // Given their topic by the example itself.
    const written = plain.filter(
      ({ type, resource }) => type === 'aws_cloudwatch_metric_alarm' && resource.alarm_actions,
    );
    expect(off.map(({ path }) => path)).toEqual(written.map(({ path }) => path));
  });
});

const history = (stack: TerraformStack) =>
  new LambdaFunction(stack, 'history', {
    contract: orderHistory,
    functionName: 'history',
    description: 'Shows orders',
    environment: { ORDERS_TABLE: 'orders' },
  });

test('defaults of an app hold in its stacks, and what is nearer wins', () => {
  const app = new App({ skipValidation: true });
  setDefaults(app, { logRetentionDays: 30, tags: { Owner: 'platform' } });
  const stack = new TerraformStack(app, 'stack');
  setDefaults(stack, { logRetentionDays: 60 });
  history(stack);
  const { resource } = JSON.parse(JSON.stringify(stack.toTerraform()));
  const [logs] = Object.values(resource.aws_cloudwatch_log_group) as Resource[];
  expect(logs).toMatchObject({ retention_in_days: 60 });
});

test('a module that was made before them is named, instead of being left out', () => {
  expect(() =>
    synthesized((stack) => {
      new TieredQueue(stack, 'queue', { queueName: 'orders' });
      setDefaults(stack, { logRetentionDays: 30 });
    }),
  ).toThrow('defaults are set after test/queue was made without them; set them before the first module');
});

test.each<[string, Defaults, string]>([
  ['an alias', { kmsKeyArn: 'alias/mine' }, 'kmsKeyArn is "alias/mine"; it takes the ARN of a KMS key'],
  ['a retention that CloudWatch has not', { logRetentionDays: 31 }, 'logRetentionDays is 31 days'],
  ['a path without slashes', { roles: { path: 'platform' } }, 'roles has the path "platform"'],
  ['a boundary that is a name', { roles: { permissionsBoundary: 'b' } }, 'roles has the permissionsBoundary "b"'],
])('%s is refused', (_, given, message) => {
  expect(() => synthesized((stack) => setDefaults(stack, given))).toThrow(message);
});

describe('where no module may make a role', () => {
  const existing = { history: { arn: 'arn:aws:iam::111111111111:role/given' } };

  test('a function runs as the one that is given, and says what it has to allow', () => {
    let document = '';
    const stack = synthesized((made) => {
      setDefaults(made, { roles: { existing } });
      document = history(made).policyDocument;
    });
    expect(stack.all('aws_iam_role')).toEqual([]);
    expect(stack.all('aws_iam_role_policy')).toEqual([]);
    expect(stack.all('aws_lambda_function')).toMatchObject([{ role: existing.history.arn }]);
    expect(document).not.toBe('');
  });

  test('a role with its name gets the policy', () => {
    const stack = synthesized((made) => {
      setDefaults(made, { roles: { existing: { history: { ...existing.history, name: 'given' } } } });
      history(made);
    });
    expect(stack.all('aws_iam_role')).toEqual([]);
    expect(stack.all('aws_iam_role_policy')).toMatchObject([{ role: 'given' }]);
  });

  test('one that is missing is named', () => {
    expect(() =>
      synthesized((made) => {
        setDefaults(made, { roles: { existing: {} } });
        history(made);
      }),
    ).toThrow('role "history" is not among the existing roles of the defaults');
  });
});

test('an email as an alarm action is refused', () => {
  expect(() =>
    synthesized(
      (stack) => new TieredQueue(stack, 'queue', { queueName: 'orders', alarmActions: ['on-call@example.com'] }),
    ),
  ).toThrow('alarmActions has "on-call@example.com"; an alarm calls ARNs');
});
