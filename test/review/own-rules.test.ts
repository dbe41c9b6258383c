import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataRules, rulesOfFile } from '../../review/own/load';
import { loadPolicy, parsePolicy } from '../../review/policy/file';
import { Policy } from '../../review/policy/policy';
import { sarif } from '../../review/report/sarif';
import { saidOf } from '../../review/testing';
import { headlines, reviewOf, TODAY } from './plan-files';
import { plan, queue, redrive, resource } from './small-plan';
import { written } from './written';

const ROOT = join(__dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/review-rules');
const example = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8').trim();
const ORDERS = plan(resource('aws_sqs_queue.orders', null, { after: queue('orders') }));

test('the page shows the example that the tests run', () => {
  const page = readFileSync(join(ROOT, 'docs/own-rules.md'), 'utf8');
  for (const name of ['spillway-review.json', 'rules.ts', 'rules.test.ts']) expect(page).toContain(example(name));
});

test('the example finds what it says, with the severity of the policy', async () => {
  const policy = await loadPolicy(example('spillway-review.json'), join(EXAMPLE, 'spillway-review.json'));
  const own = headlines(await reviewOf(ORDERS, policy)).filter((line) => line.includes(' team/'));
  expect(own).toEqual(['high team/queue-unread aws_sqs_queue.orders', 'low team/queue-owner aws_sqs_queue.orders']);
});

describe('as data', () => {
  const fires = async (when: unknown, content: unknown, more: object = {}) => {
    const [rule] = dataRules([{ ...rest, when, ...more }], 'rules.json');
    return (await saidOf(rule as never, content)).map(({ before, after }) => `${before} → ${after}`);
  };
  const rest = { id: 'team/a', severity: 'low', title: 'A', resource: 'aws_sqs_queue', why: 'w', action: 'a' };
  const changed = (before: object, after: object, options = {}) =>
    plan(resource('aws_sqs_queue.q', queue('q', before as never), { after: queue('q', after as never), ...options }));

  test.each<[string, unknown, boolean]>([
    ['a value', { delay_seconds: 5 }, true],
    ['a value written as text', { delay_seconds: '5' }, true],
    ['another value', { delay_seconds: { not: 5 } }, false],
    ['a number that falls', { visibility_timeout_seconds: { falls: true } }, true],
    ['a number that does not rise', { visibility_timeout_seconds: { rises: true } }, false],
    ['bounds', { 'after.visibility_timeout_seconds': { atLeast: 60, below: 61 } }, true],
    ['a pattern', { name: { matches: '^q$' } }, true],
    ['a tag that is missing', { 'tags.owner': { absent: true } }, true],
    ['a tag that is there', { 'after.tags.stage': { absent: false } }, true],
    ['one of a list', { 'before.tags.stage': { in: ['dev', 'prod'] } }, true],
    ['a field of a document', { 'redrive_policy.maxReceiveCount': { above: 3 } }, true],
    ['any', { any: [{ name: 'other' }, { delay_seconds: { atMost: 5 } }] }, true],
    ['none', { none: [{ name: 'other' }, { 'tags.stage': 'prod' }] }, false],
    ['all of them', { name: 'q', delay_seconds: 6 }, false],
  ])('%s', async (_, when, holds) => {
    const before = { visibility_timeout_seconds: 90, delay_seconds: 5, tags: { stage: 'prod' } };
    const after = { ...before, visibility_timeout_seconds: 60, redrive_policy: redrive('d', 4) };
    expect((await fires(when, changed(before, after))).length > 0).toBe(holds);
  });

  test.each([{ delay_seconds: 5 }, { delay_seconds: { not: 5 } }, { none: [{ delay_seconds: 5 }] }])(
    'what only the apply will tell satisfies nothing: %j',
    async (when) => {
      expect(await fires(when, changed({ delay_seconds: 1 }, {}, { unknown: { delay_seconds: true } }))).toEqual([]);
    },
  );

  test('a sensitive value satisfies nothing, and is not shown', async () => {
    const content = changed({ name: 'hush' }, { name: 'hush', delay_seconds: 5 });
    Object.assign((content.resource_changes as { change: object }[])[0]?.change as object, {
      before_sensitive: { name: true },
      after_sensitive: { name: true },
    });
    expect(await fires({ name: 'hush' }, content)).toEqual([]);
    expect(await fires({ any: [{ name: 'x' }, { delay_seconds: 5 }] }, content)).toEqual([
      'undefined → name = (sensitive)',
    ]);
  });

  test('of something destroyed, a path is what it was', async () => {
    const gone = plan(resource('aws_sqs_queue.q', queue('q'), { after: null }));
    expect(await fires({ name: 'q' }, gone, { actions: ['destroy'] })).toEqual(['name = q → undefined']);
  });

  test.each<[object, string]>([
    [{ id: 'loss/a' }, 'rules.json: rule loss/a: "loss" is a family of the review itself (loss, storm'],
    [{ id: 'Team A' }, 'rules.json: rule Team A: its id is "Team A"; an id is FAMILY/NAME in small letters'],
    [{ severity: 'bad' }, 'rules.json: rule team/a: severity: Invalid option: expected one of "critical"|"high"'],
    [
      { when: { name: { like: 'q' } } },
      'rule team/a: when.name.like is no test here; there are equals, not, in, matches',
    ],
    [{ when: { name: { above: 'q' } } }, 'rule team/a: when.name.above takes a number, not "q"'],
    [{ when: { name: { matches: '(' } } }, 'rule team/a: when.name.matches takes a regular expression, not "("'],
    [{ when: { 'after.name': { rises: true } } }, 'rule team/a: when.after.name.rises is no test here'],
    [{ when: { any: [{}] } }, 'rule team/a: when.any[0] is an object of PATH: TEST'],
    [{ when: [] }, 'rule team/a: when is an object of PATH: TEST'],
    [{ whenn: {} }, 'rules.json: rule team/a: a rule: Unrecognized key: "whenn"'],
    [{ actions: ['delete'] }, 'rule team/a: actions.0: Invalid option: expected one of "create"|"update"'],
  ])('%j is refused by name', (wrong, error) => {
    expect(() => dataRules([{ ...rest, ...wrong }], 'rules.json')).toThrow(error);
  });

  test('two of one id are refused', () => {
    expect(() => dataRules([rest, rest], 'rules.json')).toThrow('rules.json: rule team/a is in it twice');
    expect(() =>
      parsePolicy(JSON.stringify({ ownRules: [rest] }), 'p.json', TODAY, dataRules([rest], 'r.json')),
    ).toThrow('rule team/a is in another file as well');
  });
});

describe('as code', () => {
  const load = (text: string) => rulesOfFile(written(text, `rules-${Math.random()}.ts`));
  const rule = (more: string) =>
    `export default [{ id: 'team/a', severity: 'low', title: 'A', *check({ graph, read }) {}, ${more} }]`;

  test.each([
    ['export const x = 1', 'exports no rules; write `export default ['],
    ['const a: string = ;', "can't be loaded: Build failed with 1 error"],
    [rule('severity: 1'), 'rule team/a: its severity is 1; there are critical, high, medium, low, info'],
    [rule('check: 1'), 'rule team/a: it has no check(context), which yields what it finds'],
    [rule('reads: ["tags"]'), "rule team/a: its reads is not like { aws_sqs_queue: ['tags'] }"],
    [rule('title: undefined'), 'rule team/a: it has no title: what goes wrong, in one line'],
  ])('%s is refused by name', async (text, error) => {
    await expect(load(text)).rejects.toThrow(error);
  });

  test.each([
    [
      "read(graph.resources[0], 'after', 'tags.owner')",
      "it reads tags of aws_sqs_queue, which is not kept; add `reads: { aws_sqs_queue: ['tags'] }`",
    ],
    ['yield { resource: graph.resources[0], why: "w" }', 'the finding at aws_sqs_queue.orders has no action'],
    ['yield {}', 'a finding has no resource'],
    ['graph.nothing()', 'graph.nothing is not a function'],
  ])('%s fails with the name of the rule', async (body, error) => {
    const [own] = await load(rule(`*check({ graph, read }) { ${body} }`));
    await expect(saidOf(own as never, ORDERS)).rejects.toThrow(error);
    await expect(reviewOf(ORDERS, new Policy({}, TODAY, [own as never]))).rejects.toThrow(
      /rules-.*\.ts: rule team\/a fails on this plan: /,
    );
  });
});

describe('words and severity of the policy', () => {
  const storm = plan(
    resource('aws_sqs_queue.orders', queue('orders', { redrive_policy: redrive('d', 3) }), {
      after: queue('orders', { redrive_policy: redrive('d', 500) }),
    }),
  );
  const policyOf = (rules: object) => parsePolicy(JSON.stringify({ rules }), 'p.json', TODAY);

  test('replace those of the rule, or add to them', async () => {
    const [own] = (await reviewOf(storm)).findings.filter(({ rule }) => rule === 'storm/receive-count');
    const set = { title: 'Goes round at {address}', action: 'Ask us. {action}' };
    const { findings } = await reviewOf(storm, policyOf({ 'storm/receive-count': set }));
    expect(findings.find(({ rule }) => rule === 'storm/receive-count')).toEqual({
      ...own,
      title: 'Goes round at aws_sqs_queue.orders',
      action: `Ask us. ${own?.action}`,
    });
  });

  test.each([
    [{ why: '{whom}' }, 'p.json: rules.storm/receive-count.why: there is no {whom}; there are {title}, {why}'],
    [{ severity: 'info' }, '"info" is milder than the rule\'s own'],
    [{ reason: 'because of the fair', expires: '2026-12-31' }, 'severity, reason and expires go together'],
  ])('%j is refused', (set, error) => {
    expect(() => policyOf({ 'storm/receive-count': set })).toThrow(error);
  });
});

test('code scanning knows the rule and its page', async () => {
  const page = 'https://wiki.example.com/queue-owner';
  const own = dataRules(
    [{ id: 'team/a', severity: 'low', title: 'A', resource: 'aws_sqs_queue', why: 'w', action: 'a', page }],
    'r.json',
  );
  const policy = new Policy({}, TODAY, own);
  const { runs } = JSON.parse(sarif([await reviewOf(ORDERS, policy)], ['p.json'], undefined, policy.rules));
  expect(runs[0].tool.driver.rules.at(-1)).toMatchObject({ id: 'team/a', helpUri: page });
});

describe('the single file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'own-'));
    spawnSync(process.execPath, [join(ROOT, 'tools/build.mjs'), '--review'], { encoding: 'utf8' });
    copyFileSync(join(ROOT, 'dist/spillway-review/spillway-review.js'), join(folder, 'review.js'));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(ORDERS));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['review.js', 'plan.json', ...args], { cwd: folder, encoding: 'utf8' });
  const javascript =
    "export default [{ id: 'team/js', severity: 'low', title: 'J', *check({ graph }) { for (const resource of graph.resources) yield { resource, why: 'w', action: 'a' }; } }];";

  test('takes rules as data and as JavaScript, with nothing beside it', () => {
    writeFileSync(join(folder, 'rules.mjs'), javascript);
    writeFileSync(
      join(folder, 'spillway-review.json'),
      example('spillway-review.json').replace('"rules.ts"', '').replace('"team/queue-unread": "high",', ''),
    );
    const { stdout, stderr } = run('--rules', 'rules.mjs');
    expect(stderr).toBe('');
    expect(stdout).toContain('[team/js]');
    expect(stdout).toContain('[team/queue-owner]');
    rmSync(join(folder, 'spillway-review.json'));
  });

  test('says what TypeScript takes where there is no compiler', () => {
    writeFileSync(join(folder, 'rules.ts'), example('rules.ts'));
    const { status, stdout, stderr } = run('--rules', 'rules.ts');
    if (status === 0) expect(stdout).toContain('[team/queue-unread]');
    else
      expect(stderr).toMatch(
        /rules\.ts: this Node \(.*\) can't read TypeScript; use Node 22\.18 or later, install esbuild/,
      );
  });

  test('names a file that is no file of rules', () => {
    expect(run('--rules', 'rules.yaml')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('rules.yaml: rules are in a file that ends with .json, .ts'),
    });
    expect(run('--rules', 'missing.mjs')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("missing.mjs: can't be read"),
    });
  });
});
