import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { type EnrichmentServer, startEnrichmentServer } from '../../local/enrichment/enrichment-server';
import { type PaymentServer, startPaymentServer } from '../../local/payment/payment-server';
import { Folder, terraformAtHand } from '../../tools/terraform';

const root = join(__dirname, '..', '..');
const atHand = terraformAtHand();
const synthesized = mkdtempSync(join(tmpdir(), 'stacks-'));
execFileSync(process.execPath, [join(root, 'dist', 'main.js')], {
  cwd: root,
  env: { PATH: process.env.PATH, CDKTF_OUTDIR: synthesized, SPILLWAY_ENVIRONMENTS: 'local' },
});
const stacks = readdirSync(join(synthesized, 'stacks'));

let emulator: Emulator;
let payment: PaymentServer;
let enrichment: EnrichmentServer;
beforeAll(async () => {
  [emulator, payment, enrichment] = await Promise.all([startEmulator(), startPaymentServer(), startEnrichmentServer()]);
}, 60_000);
afterAll(async () => {
  rmSync(synthesized, { recursive: true, force: true });
  await Promise.all([emulator?.stop(), payment?.stop(), enrichment?.stop()]);
});

interface Planned {
  readonly resource_changes?: readonly {
    readonly type: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: object | null;
      readonly after: object | null;
    };
  }[];
}

/** What the emulator answers for an attribute whatever was set, so that every plan sets it again. Any other answer is a change. */
const FORGOTTEN_BY_THE_EMULATOR: Readonly<Record<string, unknown>> = {
  'aws_apigatewayv2_authorizer.authorizer_payload_format_version': '2.0',
  'aws_cloudwatch_metric_alarm.actions_enabled': false,
  'aws_cloudwatch_metric_alarm.alarm_actions': [],
  'aws_cloudwatch_metric_alarm.alarm_description': '',
  'aws_cloudwatch_metric_alarm.dimensions': {},
  'aws_cloudwatch_metric_alarm.ok_actions': [],
  'aws_cloudwatch_metric_alarm.period': 0,
  'aws_cloudwatch_metric_alarm.statistic': '',
  'aws_cloudwatch_metric_alarm.treat_missing_data': 'missing',
  'aws_kinesis_stream.tags_all': {},
  'aws_sfn_state_machine.tracing_configuration': [],
};
const forgotten = new Set<string>();

const said = (value: unknown) => JSON.stringify(value);

/** What a plan would change: `type.attribute` with both values, or `type` with what is made or destroyed. */
const changesOf = ({ resource_changes = [] }: Planned): string[] =>
  resource_changes.flatMap(({ type, change: { actions, before, after } }) => {
    if (actions.includes('no-op') || actions.includes('read')) return [];
    if (!before || !after) return [`${type}: ${actions.join(', ')}`];
    const values = (side: object) => side as Record<string, unknown>;
    return Object.keys({ ...before, ...after }).flatMap((key) => {
      const [attribute, is, will] = [`${type}.${key}`, said(values(before)[key]), said(values(after)[key])];
      if (is === will) return [];
      if (is !== said(FORGOTTEN_BY_THE_EMULATOR[attribute])) return [`${attribute}: ${is} → ${will}`];
      forgotten.add(attribute);
      return [];
    });
  });

async function paid(lane: string, apiUrl: string): Promise<void> {
  const id = apiUrl.replace(/^https?:\/\/([^.]+)\..*$/, '$1');
  const order = {
    orderId: `order-${lane}`,
    customer: 'Ada',
    items: [{ coffee: 'espresso', size: 'small', quantity: 1 }],
    amount: 250,
    currency: 'USD',
    placedAt: '2026-01-01T08:00:00Z',
  };
  const url = `${emulator.endpoint}/_aws/execute-api/${id}/orders`;
  const headers = { 'content-type': 'application/json' };
  const accepted = await fetch(url, { method: 'POST', headers, body: JSON.stringify(order) });
  expect(accepted.status).toBeLessThan(300);
  for (let look = 0; look < 60; look += 1) {
    const answer = await fetch(`${url}/${order.orderId}`);
    if (answer.ok && ((await answer.json()) as { status?: string }).status === 'paid') return;
    await wait(1000);
  }
  throw new Error(`${lane}: the order is not paid after a minute`);
}

/** A click that is put on the stream is in its visit. */
async function visited(stream: string, table: string): Promise<void> {
  const client = {
    ...{ endpoint: emulator.endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const [kinesis, dynamodb] = [new KinesisClient(client), new DynamoDBClient(client)];
  const click = { clickId: 'first', visit: 'by-terraform', page: 'menu', clickedAt: '2026-01-01T08:00:00.000Z' };
  try {
    await kinesis.send(
      new PutRecordCommand({ StreamName: stream, PartitionKey: click.visit, Data: Buffer.from(JSON.stringify(click)) }),
    );
    for (let look = 0; look < 60; look += 1) {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: { visit: { S: click.visit } } }),
      );
      if (Item?.steps?.L?.length === 1) return;
      await wait(1000);
    }
    throw new Error('the click is in no visit after a minute');
  } finally {
    kinesis.destroy();
    dynamodb.destroy();
  }
}

/** Of the addresses that a stack asks for, those of the services here. */
function variablesOf(stack: string): string[] {
  const addresses = { payment_url: payment.url, enrichment_url: enrichment.url };
  const { variable = {} } = JSON.parse(readFileSync(join(synthesized, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as {
    variable?: Record<string, unknown>;
  };
  return Object.entries(addresses).flatMap(([name, url]) => (name in variable ? ['-var', `${name}=${url}`] : []));
}

test.each(stacks)(
  '%s is deployed by Terraform, changes nothing at a second plan, does its work, and leaves nothing',
  async (stack) => {
    if ('missing' in atHand) throw new Error(atHand.missing);
    const folder = new Folder(join(synthesized, 'stacks', stack), atHand, emulator.endpoint);
    const variables = [...variablesOf(stack), '-input=false'];
    const succeeds = async (...parameters: string[]) => {
      const { status, said } = await folder.run(...parameters);
      if (status !== 0)
        throw new Error(`terraform ${parameters[0]} of ${stack} ends with ${status}:\n${said.slice(-3000)}`);
    };
    try {
      await succeeds('init', '-input=false');
      await succeeds('apply', '-auto-approve', ...variables);
      await succeeds('plan', '-out=second.tfplan', ...variables);
      const second = JSON.parse((await folder.run('show', '-json', 'second.tfplan')).said) as Planned;
      expect(changesOf(second)).toEqual([]);
      const outputs = JSON.parse((await folder.run('output', '-json')).said) as Record<
        string,
        { value: string } | undefined
      >;
      const { api_url, stream_name, visits_table_name } = outputs;
      if (stream_name && visits_table_name) await visited(stream_name.value, visits_table_name.value);
      else await paid(stack.replace('local-us-east-1-', ''), api_url?.value ?? '');
      await succeeds('destroy', '-auto-approve', ...variables);
      expect(await (await folder.run('state', 'list')).said.trim()).toBe('');
    } finally {
      rmSync(folder.path, { recursive: true, force: true });
    }
  },
  600_000,
);

test('what the emulator is said to forget it still forgets', () => {
  expect([...forgotten].sort()).toEqual(Object.keys(FORGOTTEN_BY_THE_EMULATOR).sort());
});
