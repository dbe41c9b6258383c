import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
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
beforeAll(async () => {
  [emulator, payment] = await Promise.all([startEmulator(), startPaymentServer()]);
}, 60_000);
afterAll(async () => {
  rmSync(synthesized, { recursive: true, force: true });
  await Promise.all([emulator?.stop(), payment?.stop()]);
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

test.each(stacks)(
  '%s is deployed by Terraform, changes nothing at a second plan, takes an order, and leaves nothing',
  async (stack) => {
    if ('missing' in atHand) throw new Error(atHand.missing);
    const folder = new Folder(join(synthesized, 'stacks', stack), atHand, emulator.endpoint);
    const variables = ['-var', `payment_url=${payment.url}`, '-input=false'];
    try {
      expect(await folder.run('init', '-input=false')).toMatchObject({ status: 0 });
      expect(await folder.run('apply', '-auto-approve', ...variables)).toMatchObject({ status: 0 });
      expect(await folder.run('plan', '-out=second.tfplan', ...variables)).toMatchObject({ status: 0 });
      const second = JSON.parse((await folder.run('show', '-json', 'second.tfplan')).said) as Planned;
      expect(changesOf(second)).toEqual([]);
      const outputs = JSON.parse((await folder.run('output', '-json')).said) as { api_url?: { value: string } };
      // The clickstream has no intake: what comes in is put on its stream.
      if (outputs.api_url) await paid(stack.replace('local-us-east-1-', ''), outputs.api_url.value);
      else expect(stack).toBe('local-us-east-1-clickstream');
      expect(await folder.run('destroy', '-auto-approve', ...variables)).toMatchObject({ status: 0 });
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
