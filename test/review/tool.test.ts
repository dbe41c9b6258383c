import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLANS } from './plan-files';

const ROOT = join(__dirname, '../..');
const TOOL = join(ROOT, 'dist/spillway-review');
const STORM = join(PLANS, 'storm.json');

/** Alone in an empty folder: whatever it needs beside Node is missing there. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tool-'));
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools/build.mjs'), '--review'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const file of ['spillway-review.js', 'action.js']) copyFileSync(join(TOOL, file), join(folder, file));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('spillway-review', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(folder, 'spillway-review.js'), ...args], { cwd: folder, encoding: 'utf8' });

  test('is one file of a megabyte at most that needs Node only', () => {
    expect(statSync(join(TOOL, 'spillway-review.js')).size).toBeLessThanOrEqual(1_000_000);
    expect(run(STORM)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('storm/visibility') });
    expect(run(STORM, '--fail-on', 'critical').status).toBe(1);
  });

  test('speaks of itself by its name', () => {
    expect(run('--help').stdout).toMatch(/^spillway-review \[options\] \[STACK=\]PLAN\.json…/);
    expect(run()).toMatchObject({
      status: 2,
      stderr: 'spillway-review: name at least one plan: spillway-review PLAN.json\n',
    });
  });

  test('is a package that can be published', () => {
    expect(JSON.parse(readFileSync(join(TOOL, 'package.json'), 'utf8'))).toMatchObject({
      name: 'spillway-review',
      bin: { 'spillway-review': 'spillway-review.js' },
      license: 'Apache-2.0',
    });
  });
});

describe('the action', () => {
  interface Call {
    method: string;
    url: string;
    body: { body: string } | undefined;
  }
  let server: Server;
  let calls: Call[];
  let comments: unknown[];
  let answers: number;
  let policy: string | undefined;
  let rules: Record<string, string>;
  beforeEach(async () => {
    [calls, comments, answers, policy, rules] = [[], [], 200, undefined, {}];
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        calls.push({ method: request.method ?? '', url: request.url ?? '', body: text ? JSON.parse(text) : undefined });
        const file = /\/contents\/(.*)\?/.exec(request.url ?? '')?.[1];
        const merged = file === undefined ? undefined : file.endsWith('spillway-review.json') ? policy : rules[file];
        response.statusCode = file !== undefined && merged === undefined ? 404 : answers;
        const content = Buffer.from(merged ?? '').toString('base64');
        response.end(JSON.stringify(file ? { content } : request.method === 'GET' ? comments : {}));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  async function run(
    inputs: Record<string, string>,
    event: object = { pull_request: { number: 7, base: { sha: 'ba5e' } } },
  ) {
    for (const [name, text] of [
      ['event.json', JSON.stringify(event)],
      ['output', ''],
      ['summary', ''],
    ] as const)
      writeFileSync(join(folder, name), text);
    const child = spawn(process.execPath, [join(folder, 'action.js')], {
      cwd: folder,
      env: {
        ...{ PATH: process.env.PATH, RUNNER_TEMP: folder, GITHUB_REPOSITORY: 'shop/orders', GITHUB_RUN_ID: '99' },
        ...{ GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, GITHUB_SHA: 'c0ffee' },
        ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_EVENT_PATH: join(folder, 'event.json') },
        ...{ GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') },
        ...{ INPUT_PLANS: STORM, INPUT_TOKEN: 'a token', ...inputs },
      },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => {
        text += part;
      });
    const status = await new Promise((resolve) => child.on('close', resolve));
    const outputs = Object.fromEntries(
      readFileSync(join(folder, 'output'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s)),
    );
    return { status, text, outputs, summary: readFileSync(join(folder, 'summary'), 'utf8') };
  }
  const marker = '<!-- spillway-review plan -->\n';
  const bot = (id: number, body: string) => ({ id, body, user: { type: 'Bot' } });

  test('writes one comment, and into the same one what is new since', async () => {
    const first = await run({ INPUT_PLANS: `shop=${STORM}` });
    expect(first).toMatchObject({ status: 0, outputs: { code: '0' }, summary: expect.stringContaining('## 🛑') });
    expect(JSON.parse(readFileSync(first.outputs.sarif, 'utf8')).version).toBe('2.1.0');
    expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /repos/shop/orders/issues/7/comments?per_page=100&page=1',
      'GET /repos/shop/orders/contents/spillway-review.json?ref=ba5e',
      'POST /repos/shop/orders/issues/7/comments',
    ]);
    const body = calls[2]?.body?.body as string;
    expect(body.startsWith(marker)).toBe(true);
    expect(body.length).toBeLessThanOrEqual(65_536);

    comments = [{ ...bot(1, `${marker}mine`), user: { type: 'User' } }, bot(2, body)];
    calls = [];
    expect((await run({ INPUT_PLANS: `shop=${join(PLANS, 'noop.json')}` })).status).toBe(0);
    expect(calls[2]).toMatchObject({ method: 'PATCH', url: '/repos/shop/orders/issues/comments/2' });
    expect(calls[2]?.body?.body).toContain('**Since the last push:** 0 new (🆕), 4 mended, 0 left.');
  });

  test('fails the step when a finding reaches fail-on, with the comment written', async () => {
    expect(await run({ INPUT_FAIL_ON: 'critical' })).toMatchObject({
      status: 1,
      outputs: { code: '1' },
      text: expect.stringContaining('::error::A finding is as bad as fail-on'),
    });
    expect(calls.at(-1)?.method).toBe('POST');
  });

  test('says in the comment that nothing was reviewed', async () => {
    expect(await run({ INPUT_PLANS: 'missing.json' })).toMatchObject({
      status: 2,
      text: expect.stringContaining('missing.json: no such file'),
    });
    expect(calls[2]?.body?.body).toContain(
      '## 🛑 Plan review: not reviewed\n\nAt c0ffee the review failed. [The log](',
    );
  });

  test('goes by the policy of the branch that the pull request is for', async () => {
    writeFileSync(join(folder, 'spillway-review.json'), 'what the pull request says');
    policy = '{ "failOn": "critical" }';
    expect(await run({})).toMatchObject({ status: 1 });
    policy = undefined;
    expect(await run({})).toMatchObject({ status: 0 });
    rmSync(join(folder, 'spillway-review.json'));
  });

  test('goes by the rules of that branch, those of its policy and those of the step', async () => {
    const rule = (id: string) =>
      `export default [{ id: '${id}', severity: 'low', title: 'T', *check({ graph }) { yield { resource: graph.resources[0], why: 'w', action: 'a' }; } }]`;
    policy = '{ "ruleFiles": ["review/queues.mjs"] }';
    rules = { 'ci/review/queues.mjs': rule('team/queues'), 'tables.mjs': rule('team/tables') };
    const inputs = { INPUT_POLICY: 'ci/spillway-review.json', INPUT_RULES: 'tables.mjs' };
    const { status, text } = await run(inputs);
    expect({ status, text }).toMatchObject({ status: 0, text: expect.stringContaining('[team/queues]') });
    expect(text).toContain('[team/tables]');
    rules = {};
    expect(await run(inputs)).toMatchObject({
      status: 2,
      text: expect.stringContaining('the branch that is merged into has no ci/review/queues.mjs: rules count once'),
    });
  });

  test('writes no comment outside of a pull request, nor without a token', async () => {
    expect((await run({}, {})).summary).toContain('## 🛑');
    expect((await run({ INPUT_TOKEN: '' })).summary).toContain('## 🛑');
    expect(calls).toEqual([]);
  });

  test('asks AWS where the step says so', async () => {
    // The program by itself has no SDK.
    const asked = await run({ INPUT_LIVE: 'true' });
    expect(asked).toMatchObject({ status: 2, text: expect.stringContaining('--live needs @aws-sdk/client-sts') });
    expect(await run({ INPUT_LIVE: 'false' })).toMatchObject({ status: 0 });
    expect(await run({ INPUT_LIVE: 'yes' })).toMatchObject({
      status: 2,
      text: expect.stringContaining('live takes true or false, not "yes"'),
    });
  });

  test('names the permission that it lacks', async () => {
    answers = 403;
    expect(await run({})).toMatchObject({
      status: 2,
      text: expect.stringContaining('GET issues/7/comments?per_page=100&page=1 with 403; the job needs `permissions:'),
    });
  });

  test('gives its program every input that it has', () => {
    const definition = readFileSync(join(ROOT, 'action.yml'), 'utf8');
    const inputs = definition.split('inputs:')[1]?.split('outputs:')[0] ?? '';
    const names = [...inputs.matchAll(/^ {2}([\w-]+):/gm)].map(([, name = '']) => name);
    expect(names).toEqual(['plans', 'fail-on', 'policy', 'rules', 'source', 'live', 'comment', 'token']);
    for (const name of names)
      expect(definition).toContain(`INPUT_${name.toUpperCase().replaceAll('-', '_')}: \${{ inputs.${name} }}`);
  });
});
