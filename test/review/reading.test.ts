import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Picker } from '../../review/plan/pick';
import { readPlan } from '../../review/plan/read';
import { Skimmer } from '../../review/plan/skim';
import { UnchangedReader } from '../../review/plan/unchanged';
import { Keep } from '../../review/resources';
import type { Json } from './changed-plans';
import { PLANS, reviewOf } from './plan-files';
import { constant, plan, queue, resource } from './small-plan';
import { written } from './written';

const refusal = async (content: string | Uint8Array) => {
  try {
    await readPlan(written(content));
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'accepted';
};

test.each<[string, string | Uint8Array, RegExp]>([
  ['nothing', '', /the file is empty/],
  ['half a plan', readFileSync(join(PLANS, 'storm.json')).subarray(0, 60_000), /ends early, in /],
  [
    'broken JSON',
    '{"format_version":"1.2","resource_changes":[{"address":oops}]}',
    /not valid JSON near byte \d+, in resource_changes\[0\]/,
  ],
  ['text after the end', '{"format_version":"1.2","resource_changes":[]} x', /not valid JSON/],
  ['plain text', 'Terraform will perform the following actions', /is not JSON/],
  ['a binary plan', Buffer.from('PK\u0003\u0004'), /is a binary plan; run `terraform show -json/],
  ['a compressed plan', gzipSync('{}'), /gunzip/],
  ['a list of plans', '[{"format_version":"1.2","resource_changes":[]}]', /is a list of plans/],
  [
    'a second plan behind the first',
    '{"format_version":"1.2","resource_changes":[]}\n{"format_version":"1.2","resource_changes":[]}',
    /holds more than one plan/,
  ],
  ['lines around half a plan', '[command]terraform\n{"format_version":"1.2","resource_changes":[', /ends early/],
  ['a state file', '{"version":4,"serial":1,"lineage":"x","resources":[]}', /is a state file, not a plan/],
  ['a shown state', '{"format_version":"1.0","values":{"root_module":{}}}', /is a state shown as JSON/],
  ['the log of plan -json', '{"@level":"info","@message":"Terraform 1.9"}\n{}', /is the log of/],
  ['other JSON', '{"name":"spillway"}', /not a plan: it has no format_version/],
  ['a list', '[]', /is not JSON|not an object/],
  ['a newer format', '{"format_version":"2.0","resource_changes":[]}', /newer than this review knows/],
  ['an older format', '{"format_version":"0.0","resource_changes":[]}', /older than this review knows/],
  ['a format that is no version', '{"format_version":true,"resource_changes":[]}', /format_version is true/],
  ['a change without an address', '{"format_version":"1.2","resource_changes":[{"change":{}}]}', /has no address/],
])('%s is refused with one clear sentence', async (_, content, expected) => {
  const message = await refusal(content);
  expect(message).toMatch(/^PlanError: /);
  expect(message).toMatch(expected);
  expect(message.split('\n')).toHaveLength(1);
});

test.each(['0.1', '0.2', '1.0', '1.2', '1.9'])('format %s is read', async (version) => {
  expect(await refusal(JSON.stringify({ format_version: version, resource_changes: [] }))).toBe('accepted');
});

const PLAN = '{"format_version":"1.2","resource_changes":[]}';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
test.each<[string, string | Uint8Array]>([
  ['UTF-8 with a byte order mark', `\ufeff${PLAN}`],
  ['UTF-16 with a byte order mark', utf16(`\ufeff${PLAN}`)],
  ['UTF-16 without one', utf16(PLAN)],
  ['UTF-16, big endian', utf16(`\ufeff${PLAN}`).swap16()],
  ['UTF-16, big endian, without a byte order mark', utf16(PLAN).swap16()],
  ['UTF-16 with lines around it', utf16(`[command]terraform\r\n${PLAN}\r\n::debug::done`)],
])('%s is read', async (_, content) => {
  expect(await refusal(content)).toBe('accepted');
});

test('letters beyond ASCII survive UTF-16, wherever a chunk ends', async () => {
  const name = 'ü€😀'.repeat(100_000);
  const read = await readPlan(written(utf16(JSON.stringify(plan(resource(`aws_sqs_queue.${name}`, queue('q')))))));
  expect(read.resources[0]?.address).toBe(`aws_sqs_queue.${name}`);
});

describe('lines around the plan', () => {
  const notes = async (content: string) => (await readPlan(written(content))).readingNotes;

  test('of setup-terraform are read through, with how to be rid of them', async () => {
    const noise = `[command]/opt/terraform-bin show -json tfplan\n${PLAN}\n::debug::Terraform exited with code 0.\n::debug::stdout: ${PLAN}\n`;
    const [note, ...more] = await notes(noise);
    expect(more).toEqual([]);
    expect(note).toContain('a line before it (`[command]/opt/terraform-bin show -json tfplan`)');
    expect(note).toContain('2 lines after it (`::debug::Terraform exited with code 0.`)');
    expect(note).toContain('set `terraform_wrapper: false`');
  });

  test.each([
    ['a warning box', `\u001b[33m╷\u001b[0m\n│ Warning: {deprecated}\n╵\n${PLAN}`],
    ['yarn', `yarn run v1.22.22\n$ terraform show -json tfplan\n${PLAN}\nDone in 1.20s.\n`],
    ['a prefix on the same line', `12:00:00.000 STDOUT terraform: ${PLAN}\n`],
    ['the log of the plan', `{"@level":"info","@message":"Terraform 1.9"}\n${PLAN}\n`],
    ['a wrapper that ends no line', `${PLAN}::debug::exitcode: 0`],
    ['much text', `${'Refreshing state…\n'.repeat(30_000)}${PLAN}`],
  ])('of %s are read through, and said', async (_, content) => {
    expect(await notes(content)).toEqual([expect.stringMatching(/holds more than the plan: .*read through them; /)]);
  });

  test('are quoted without the values that they set', async () => {
    const [note] = await notes(`+ TF_VAR_password=hunter2 token: hunter3 terraform show -json tfplan\n${PLAN}`);
    expect(note).toContain('+ TF_VAR_password=… token: …');
  });

  test('that are blank are none', async () => {
    expect(await notes(`\r\n ${PLAN}\r\n\r\n`)).toEqual([]);
  });
});

test('whose plan it is follows from what is made in it, not from whom it names or reads', async () => {
  const elsewhere = (service: string, rest: string) => `arn:aws:${service}:us-west-2:999999999999:${rest}`;
  const review = await reviewOf({
    ...plan(
      resource('aws_sqs_queue.orders', queue('orders')),
      resource('aws_cloudwatch_event_target.bus', { arn: elsewhere('events', 'event-bus/audit'), rule: 'placed' }),
      resource('aws_sns_topic_subscription.prices', { arn: elsewhere('sns', 'prices:1'), protocol: 'sqs' }),
    ),
    prior_state: {
      values: {
        root_module: {
          resources: [
            {
              ...{ address: 'data.aws_sqs_queue.theirs', mode: 'data', type: 'aws_sqs_queue', name: 'theirs' },
              values: { arn: elsewhere('sqs', 'theirs') },
            },
          ],
        },
      },
    },
  });
  expect(review).toMatchObject({ accounts: ['111122223333'], regions: ['eu-central-1'] });
});

test('a resource that is made says its region itself, where its provider has another', async () => {
  const after = { name: 'orders', region: 'eu-west-1' };
  const fresh = plan(resource('aws_sqs_queue.orders', null, { after, unknown: { arn: true } }));
  expect(await reviewOf(fresh)).toMatchObject({ regions: ['eu-west-1'] });
});

test.each([
  [['444455556666'], ['444455556666']],
  [['444455556666', '777788889999'], []],
])(
  'with nothing in the state, a provider that is held to the accounts %j says whose plan it is: %j',
  async (allowed, accounts) => {
    const fresh = plan(resource('aws_sqs_queue.orders', null, { after: { name: 'orders' }, unknown: { arn: true } }));
    const { provider_config } = fresh.configuration as { provider_config: { aws: { expressions: Json } } };
    provider_config.aws.expressions.allowed_account_ids = constant(allowed);
    expect(await reviewOf(fresh)).toMatchObject({ accounts });
  },
);

test('a resource that stays is read the same, however its attributes are called and the file is laid out', async () => {
  const rule = (name: string) => ({ 'before"': { after: { x: {} } }, after: { x: {} }, id: name, region: name });
  const document = plan(
    resource('aws_sqs_queue.a', rule('a')),
    resource('aws_sqs_queue.b', { x: {}, after: rule('b') }),
  );
  const resources = async (text: string) => (await readPlan(written(text), 'test')).resources;
  const compact = await resources(JSON.stringify(document));
  expect(compact.map(({ before, after }) => [before, after])).toEqual([
    [
      { id: 'a', region: 'a' },
      { id: 'a', region: 'a' },
    ],
    [{}, {}],
  ]);
  expect(await resources(JSON.stringify(document, null, 2))).toEqual(compact);
});

test('what only the state has is read, and what the changes have is not read twice', async () => {
  const entry = (name: string) => ({
    ...{ address: `aws_sqs_queue.${name}`, mode: 'managed', type: 'aws_sqs_queue', name },
    values: { name: 'as the state has it' },
  });
  const { resources } = await readPlan(
    written(
      JSON.stringify({
        ...plan(resource('aws_sqs_queue.both', { name: 'as the change has it' })),
        prior_state: { values: { root_module: { resources: [entry('both'), entry('state["ü"]')] } } },
      }),
    ),
  );
  expect(resources.map(({ address, before }) => [address, before?.name])).toEqual([
    ['aws_sqs_queue.both', 'as the change has it'],
    ['aws_sqs_queue.state["ü"]', 'as the state has it'],
  ]);
});

test('any JSON, cut into any chunks, comes out of the skimmer as it went in', () => {
  fc.assert(
    fc.property(fc.json(), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (text, sizes) => {
      let taken: unknown;
      const skimmer = new Skimmer(
        () => 'take',
        (_, value) => {
          taken = value;
        },
      );
      const bytes = Buffer.from(text);
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        skimmer.write(bytes.subarray(at, at + size));
        at += size;
      }
      skimmer.end();
      expect(taken).toEqual(JSON.parse(text));
    }),
  );
});

test('entered objects and arrays give each member with its path, in chunks of one byte', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.array(fc.jsonValue())), (document) => {
      const entries: [string, unknown][] = [];
      const skimmer = new Skimmer(
        (path) => (path.length < 2 ? 'enter' : 'take'),
        (path, value) => entries.push([JSON.stringify(path), value]),
      );
      for (const byte of Buffer.from(JSON.stringify(document, null, 1))) skimmer.write(Uint8Array.of(byte));
      skimmer.end();
      const expected = Object.entries(JSON.parse(JSON.stringify(document)) as Record<string, unknown[]>).flatMap(
        ([name, items]) => items.map((item, index) => [JSON.stringify([name, index]), item]),
      );
      expect(entries).toEqual(expected);
    }),
  );
});

/** Long strings and escapes, among names of which some are wanted. */
const object = fc.dictionary(
  fc.oneof(fc.constantFrom('arn', 'id', 'url', 'note'), fc.string()),
  fc.oneof(fc.jsonValue(), fc.string({ minLength: 40, maxLength: 200, unit: fc.constantFrom('a', 'ü', '"', '\\') })),
);

test('what a change leaves as it is is read once; where its sides differ, or hide something, it is read as a whole', () => {
  const read = (before: object, after: object, marks = {}) =>
    new UnchangedReader(new Keep()).read(
      Buffer.from(
        JSON.stringify({
          ...{ address: 'aws_sqs_queue.orders', type: 'aws_sqs_queue', name: 'orders' },
          change: { actions: ['no-op'], before, after, ...marks },
        }),
      ),
    );
  const queue = { arn: 'arn:aws:sqs:eu-west-1:111111111111:orders', url: 'https://…/orders', unread: [1, 2] };
  const kept = { arn: queue.arn, url: queue.url };
  expect(read(queue, queue)).toMatchObject({ change: { before: kept, after: kept } });
  expect(read(queue, { ...queue, unread: [1, 3] })).toBeUndefined();
  expect(read(queue, { ...queue, more: true })).toBeUndefined();
  expect(read(queue, queue, { after_sensitive: { url: true } })).toBeUndefined();
});

test('of an object only the members that are asked for are read, as a parser of the whole reads them', () => {
  fc.assert(
    fc.property(object, fc.string(), (members, before) => {
      const text = JSON.stringify(members);
      const bytes = Buffer.from(`${before}${text},"after":`);
      const picked = new Picker(['arn', 'id', 'url']).pick(bytes, Buffer.byteLength(before));
      // A name with escapes is left to that parser.
      if (!picked) return Object.keys(members).some((name) => JSON.stringify(name).includes('\\'));
      const wanted = Object.entries(JSON.parse(text)).filter(([name]) => ['arn', 'id', 'url'].includes(name));
      expect(picked.members).toEqual(Object.fromEntries(wanted));
      return picked.end === bytes.length - ',"after":'.length;
    }),
  );
});
