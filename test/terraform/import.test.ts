import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App } from 'cdktf';
import { zipSync } from 'fflate';
import { importResources } from '../../cli/import';
import type { Values } from '../../cli/import/resources';
import { TYPES } from '../../cli/import/types';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { Folder, terraformAtHand } from '../../tools/terraform';
import { OrdersStack } from '../cli/import/stacks';

const atHand = terraformAtHand();
const scratch = mkdtempSync(join(tmpdir(), 'import-'));
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
}, 60_000);
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await emulator?.stop();
});

const connection = () => ({
  endpoint: emulator.endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** As somebody makes it in the console: nothing of it is Terraform's. */
async function madeByHand(): Promise<void> {
  const sqs = new SQSClient(connection());
  const arn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;
  await sqs.send(new CreateQueueCommand({ QueueName: 'orders-dlq' }));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('orders-dlq'), maxReceiveCount: 3 });
  const queue = { QueueName: 'orders', Attributes: { RedrivePolicy, VisibilityTimeout: '180' } };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand(queue));
  const lambda = new LambdaClient(connection());
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: 'orders', Runtime: 'nodejs22.x', Handler: 'index.handler' },
      Role: 'arn:aws:iam::000000000000:role/made-by-hand',
      Code: { ZipFile: zipSync({ 'index.js': new TextEncoder().encode('exports.handler = async () => ({});') }) },
    }),
  );
  const mapping = { EventSourceArn: arn('orders'), FunctionName: 'orders', Enabled: false };
  await lambda.send(new CreateEventSourceMappingCommand(mapping));
  await new DynamoDBClient(connection()).send(
    new CreateTableCommand({
      TableName: 'orders-ledger',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'waits' }));
}

/** The stack, in a folder of Terraform's with the emulator behind its provider. */
function folderOf(name: string): Folder {
  if ('missing' in atHand) throw new Error(atHand.missing);
  const outdir = join(scratch, name);
  const app = new App({ outdir });
  new OrdersStack(app, { parkedName: 'orders-dlq' });
  app.synth();
  const folder = new Folder(join(outdir, 'stacks', 'orders'), atHand);
  const file = join(folder.path, 'cdk.tf.json');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  const services = ['sqs', 'lambda', 'iam', 'dynamodb', 'cloudwatchlogs', 'cloudwatch', 'sts'];
  Object.assign(json.provider.aws[0], {
    ...{ access_key: 'local', secret_key: 'local', skip_credentials_validation: true, skip_metadata_api_check: true },
    skip_requesting_account_id: true,
    endpoints: [Object.fromEntries(services.map((service) => [service, emulator.endpoint]))],
  });
  writeFileSync(file, JSON.stringify(json));
  return folder;
}

interface Plan {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly importing?: object;
      readonly replace_paths?: readonly (readonly string[])[];
    };
  }[];
}

async function planned(folder: Folder): Promise<Plan['resource_changes']> {
  expect(await folder.run('init', '-input=false')).toMatchObject({ status: 0 });
  expect(await folder.run('plan', '-input=false', '-out=plan')).toMatchObject({ status: 0 });
  return (JSON.parse((await folder.run('show', '-json', 'plan')).said) as Plan).resource_changes;
}

const short = (address: string) => address.replace(/_[0-9A-F]{8}$/, '');
const destroyed = (changes: Plan['resource_changes']) =>
  changes.filter(({ change }) => change.actions.includes('delete')).map(({ address }) => address);

/** Runs the command as its user does, without what it prints. */
async function imported(...parameters: string[]): Promise<string> {
  const said: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((text) => void said.push(text));
  try {
    await importResources.main(parameters);
  } finally {
    log.mockRestore();
  }
  return said.join('\n');
}

test('what was made by hand moves under the modules: nothing is destroyed, nothing is replaced', async () => {
  await madeByHand();
  const folder = folderOf('by-hand');
  try {
    const blocks = join(folder.path, 'imports.tf');
    const named = ['--queue', 'orders', '--table', 'orders-ledger', '--endpoint', emulator.endpoint];
    const said = await imported('--stack', folder.path, ...named, '--out', blocks);
    expect(said).not.toContain('REFUSED');
    const changes = await planned(folder);
    expect(destroyed(changes)).toEqual([]);
    const importing = changes.filter(({ change }) => change.importing).map(({ address }) => short(address));
    expect(importing.sort()).toEqual([
      'aws_dynamodb_table.ledger_table',
      'aws_lambda_event_source_mapping.consumer_mapping',
      'aws_lambda_function.handler_function',
      'aws_sqs_queue.queue_main',
      'aws_sqs_queue.queue_parked',
    ]);
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
}, 300_000);

const arn = (service: string, name: string) => `arn:aws:${service}:eu-central-1:111111111111:${name}`;
const role = 'arn:aws:iam::111111111111:role/orders';
const url = (name: string) => `https://sqs.eu-central-1.amazonaws.com/111111111111/${name}`;
const setting = { queue_url: url('a'), id: url('a') };

/** Type → what is there, and for each attribute that replaces what it is changed to (and what has to change with it). */
const CHANGED: Readonly<Record<string, readonly [is: Values, will: Readonly<Record<string, Values>>]>> = {
  aws_sqs_queue: [
    { name: 'a.fifo', fifo_queue: false },
    { name: { name: 'b' }, fifo_queue: { fifo_queue: true } },
  ],
  aws_sqs_queue_policy: [{ ...setting, policy: '{}' }, { queue_url: { queue_url: url('b') } }],
  aws_sqs_queue_redrive_policy: [{ ...setting, redrive_policy: '{}' }, { queue_url: { queue_url: url('b') } }],
  aws_sqs_queue_redrive_allow_policy: [
    { ...setting, redrive_allow_policy: '{}' },
    { queue_url: { queue_url: url('b') } },
  ],
  aws_lambda_function: [
    {
      function_name: 'a',
      role,
      runtime: 'nodejs22.x',
      handler: 'a.b',
      s3_bucket: 'a',
      s3_key: 'b',
      package_type: 'Zip',
    },
    { function_name: { function_name: 'b' }, package_type: { package_type: 'Image' } },
  ],
  aws_lambda_event_source_mapping: [
    { event_source_arn: arn('kinesis', 'stream/a'), function_name: 'a', starting_position: 'LATEST', topics: ['a'] },
    {
      event_source_arn: { event_source_arn: arn('kinesis', 'stream/b') },
      queues: { queues: ['b'] },
      topics: { topics: ['b'] },
      starting_position: { starting_position: 'TRIM_HORIZON' },
      starting_position_timestamp: { starting_position_timestamp: '2026-01-01T00:00:00Z' },
    },
  ],
  aws_lambda_permission: [
    { function_name: 'a', statement_id: 'a', action: 'lambda:InvokeFunction', principal: 'sns.amazonaws.com' },
    {
      function_name: { function_name: 'b' },
      statement_id: { statement_id: 'b' },
      action: { action: 'lambda:*' },
      principal: { principal: 'events.amazonaws.com' },
      source_arn: { source_arn: arn('sns', 'b') },
      source_account: { source_account: '222222222222' },
      qualifier: { qualifier: 'b' },
    },
  ],
  aws_lambda_function_event_invoke_config: [
    { function_name: 'a', maximum_retry_attempts: 0 },
    { function_name: { function_name: 'b' }, qualifier: { qualifier: 'b' } },
  ],
  aws_dynamodb_table: [
    { name: 'aaa', hash_key: 'id', billing_mode: 'PAY_PER_REQUEST', attribute: [{ name: 'id', type: 'S' }] },
    {
      name: { name: 'bbb' },
      hash_key: { hash_key: 'no', attribute: [{ name: 'no', type: 'S' }] },
      range_key: { range_key: 'no', attribute: ['id', 'no'].map((name) => ({ name, type: 'S' })) },
    },
  ],
  aws_iam_role: [
    { name: 'a', path: '/', assume_role_policy: '{}' },
    { name: { name: 'b' }, path: { path: '/b/' } },
  ],
  aws_iam_role_policy: [
    { name: 'a', role: 'a', policy: '{}', id: 'a:a' },
    { name: { name: 'b' }, role: { role: 'b' } },
  ],
  aws_cloudwatch_log_group: [
    { name: 'a', log_group_class: 'STANDARD' },
    { name: { name: 'b' }, log_group_class: { log_group_class: 'INFREQUENT_ACCESS' } },
  ],
  aws_cloudwatch_metric_alarm: [
    { alarm_name: 'a', comparison_operator: 'LessThanThreshold', evaluation_periods: 1 },
    { alarm_name: { alarm_name: 'b' } },
  ],
  aws_sns_topic: [
    { name: 'a.fifo', fifo_topic: false },
    { name: { name: 'b' }, fifo_topic: { fifo_topic: true } },
  ],
  aws_kinesis_stream: [{ name: 'a', shard_count: 1 }, { name: { name: 'b' } }],
};

test('what the command says would replace, the provider replaces', async () => {
  if ('missing' in atHand) throw new Error(atHand.missing);
  const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
  const cases = Object.entries(CHANGED).flatMap(([type, [is, changes]]) =>
    Object.entries(changes).map(([attribute, will]) => ({ type, attribute, is, will, name: `by_${attribute}` })),
  );
  const directory = mkdtempSync(join(scratch, 'replaced-'));
  const resource: Record<string, Record<string, Values>> = {};
  for (const { type, name, is, will } of cases) {
    const { id: _, ...set } = { ...is, ...will };
    resource[type] = { ...resource[type], [name]: set };
  }
  const looks = ['credentials_validation', 'metadata_api_check', 'requesting_account_id', 'region_validation'];
  const aws = {
    ...{ region: 'eu-central-1', access_key: 'none', secret_key: 'none' },
    ...Object.fromEntries(looks.map((look) => [`skip_${look}`, true])),
  };
  const stack = {
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: atHand.version } } },
    ...{ provider: { aws: [aws] }, resource },
  };
  writeFileSync(join(directory, 'cdk.tf.json'), JSON.stringify(stack));
  writeFileSync(
    join(directory, 'terraform.tfstate'),
    JSON.stringify({
      ...{ version: 4, terraform_version: '1.5.0', serial: 1, lineage: 'x', outputs: {} },
      resources: cases.map(({ type, name, is }) => ({
        ...{ mode: 'managed', type, name, provider },
        instances: [{ schema_version: type === 'aws_dynamodb_table' ? 1 : 0, attributes: { id: 'a', ...is } }],
      })),
    }),
  );
  const folder = new Folder(directory, atHand);
  try {
    expect(await folder.run('init', '-input=false')).toMatchObject({ status: 0 });
    expect(await folder.run('plan', '-input=false', '-refresh=false', '-out=plan')).toMatchObject({ status: 0 });
    const { resource_changes: changes } = JSON.parse((await folder.run('show', '-json', 'plan')).said) as Plan;
    const replaced = changes.flatMap(({ address, change }) =>
      (change.replace_paths ?? []).map(([attribute]) => `${address.replace(/\.by_.*/, '')}.${attribute}`),
    );
    const told = Object.entries(TYPES).flatMap(([type, { replacedBy }]) =>
      replacedBy.map((attribute) => `${type}.${attribute}`),
    );
    expect([...new Set(replaced)].sort()).toEqual(
      // Only Terraform's own block syntax can say it; source: its schema.
      told.filter((each) => each !== 'aws_dynamodb_table.local_secondary_index').sort(),
    );
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
}, 300_000);
