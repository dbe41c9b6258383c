import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLANS } from './plan-files';

const ROOT = join(__dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/plan-review.md'), 'utf8');
const STORM = join(PLANS, 'storm.json');

/** The n-th block of code of a recipe. */
function block(heading: string, index: number): string {
  const section = PAGE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const found = [...section.matchAll(/```\w+\n([\s\S]*?)```/g)][index]?.[1];
  if (found === undefined) throw new Error(`the recipe for ${heading} has no block ${index}`);
  return found;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  spawnSync(process.execPath, [join(ROOT, 'tools/build.mjs'), '--review']);
  mkdirSync(join(folder, 'opt/spillway'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  const file = join(ROOT, 'dist/spillway-review/spillway-review.js');
  for (const path of ['opt/spillway-review.js', 'opt/spillway/spillway-review.js'])
    copyFileSync(file, join(folder, path));
  writeFileSync(join(folder, 'opt/spillway/policy.json'), '{}');
  // Shows the plan file that it is asked for, as Terraform would.
  writeFileSync(
    join(folder, 'bin/terraform'),
    `#!/bin/sh\n[ "$1 $2 $3" = "show -json $EXPECTED" ] && cat "${STORM}"\n`,
    { mode: 0o755 },
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (script: string, environment: Record<string, string>) =>
  spawnSync('sh', ['-ec', script.replaceAll('/tmp/', `${folder}/`).replaceAll('/opt/', `${folder}/opt/`)], {
    ...{ cwd: folder, encoding: 'utf8' },
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, ...environment },
  });

test('Atlantis gets the report of the plan file that it will apply', () => {
  const steps = [...block('Atlantis', 0).matchAll(/- run: (.*)/g)].map(([, step = '']) => step);
  const environment = { EXPECTED: '/plans/a.tfplan', PLANFILE: '/plans/a.tfplan', SHOWFILE: join(folder, 'show.json') };
  const { status, stdout } = run(steps.join('\n'), { ...environment, PROJECT_NAME: 'shop' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^shop {2}account/) });
  expect(run(steps.join('\n'), { ...environment, PROJECT_NAME: '' }).stdout).toMatch(/^show {2}account/);
});

test('Terrateam fails the step on a critical finding, with the report in its output', () => {
  const script = block('Terrateam', 1).replace('set -euo pipefail', 'set -eu');
  const { status, stdout } = run(script, {
    EXPECTED: 'the.plan',
    TERRATEAM_PLAN_FILE: 'the.plan',
    TERRATEAM_DIR: 'stacks/shop',
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/^stacks\/shop {2}account/) });
});

test('Spacelift gets the findings where its policy reads them', () => {
  const { status, stdout } = run(block('Spacelift', 0), {
    EXPECTED: 'spacelift.plan',
    TF_VAR_spacelift_stack_id: 'shop',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^shop {2}account/) });
  const input = JSON.parse(readFileSync(join(folder, 'spillway.custom.spacelift.json'), 'utf8'));
  const [finding] = input.reviews[0].findings;
  for (const [, field = ''] of block('Spacelift', 1).matchAll(/finding\.(\w+)/g))
    expect(typeof finding[field]).toBe('string');
});

describe('GitLab', () => {
  const job = () => block('GitLab', 0).split('\napply:')[0] ?? '';

  test('the job fails on a critical finding, with the report for its note', () => {
    const [, step = ''] = /- (node \.spillway-review\/.*)/.exec(job()) ?? [];
    const tool = join(ROOT, 'bin/spillway.js');
    copyFileSync(STORM, join(folder, 'plan.json'));
    writeFileSync(join(folder, 'policy.json'), '{}');
    const { status, stdout } = run(step.replace('.spillway-review/bin/spillway.js', tool), {});
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/^plan {2}account/) });
    expect(readFileSync(join(folder, 'comment.md'), 'utf8')).toMatch(/critical/);
  });

  // docs.gitlab.com/ci/testing/code_quality, "Code Quality report format".
  test('the widget gets a code quality report', () => {
    const [, flags = ''] = /add `(--format gitlab [^`]*)`/.exec(PAGE) ?? [];
    copyFileSync(STORM, join(folder, 'plan.json'));
    run(`node /opt/spillway-review.js plan.json ${flags}`, {});
    const report = JSON.parse(readFileSync(join(folder, 'gl-code-quality-report.json'), 'utf8'));
    expect(report.length).toBeGreaterThan(0);
    for (const issue of report)
      expect(issue).toMatchObject({
        ...{ description: expect.any(String), check_name: expect.any(String), fingerprint: expect.any(String) },
        severity: expect.stringMatching(/^(info|minor|major|critical|blocker)$/),
        location: { path: expect.stringMatching(/^[^/]/), lines: { begin: expect.any(Number) } },
      });
    expect(new Set(report.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size).toBe(report.length);
  });
});

describe('the run task of HCP Terraform', () => {
  interface Call {
    method: string;
    token: string;
    body: { data: { attributes: object; relationships: { outcomes: { data: { attributes: object }[] } } } };
  }
  let terraform: Server;
  let task: ChildProcess;
  let url: string;
  let answered: Promise<Call>;
  let answer: (call: Call) => void;
  beforeEach(async () => {
    answered = new Promise((resolve) => {
      answer = resolve;
    });
    terraform = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        if (request.method === 'PATCH')
          answer({ method: 'PATCH', token: request.headers.authorization ?? '', body: JSON.parse(text) });
        // The plan itself is elsewhere, as it is there.
        if (request.url === '/plan') response.writeHead(307, { location: '/stored' });
        response.end(request.url === '/stored' ? readFileSync(STORM) : request.url === '/broken' ? 'no plan' : '');
      });
    });
    await new Promise<void>((resolve) => terraform.listen(0, '127.0.0.1', resolve));
    task = spawn(process.execPath, [join(ROOT, 'examples/run-task/server.mjs')], {
      env: { HMAC_KEY: 'key', REVIEW: join(folder, 'opt/spillway-review.js'), PORT: '0' },
    });
    url = await new Promise<string>((resolve) =>
      task.stdout?.once('data', (line) => resolve(`http://${/on (\S+)/.exec(String(line))?.[1]}`)),
    );
  });
  afterEach(() => {
    task.kill();
    terraform.close();
  });

  const post = async (payload: object, key = 'key') => {
    const body = JSON.stringify(payload);
    const signature = createHmac('sha512', key).update(body).digest('hex');
    return (await fetch(url, { method: 'POST', body, headers: { 'x-tfc-task-signature': signature } })).status;
  };
  const payload = (plan: string) => {
    const base = `http://127.0.0.1:${(terraform.address() as AddressInfo).port}`;
    return {
      ...{ stage: 'post_plan', access_token: 'a token', run_id: 'run-1', workspace_name: 'shop' },
      ...{ plan_json_api_url: `${base}${plan}`, task_result_callback_url: `${base}/callback` },
    };
  };

  test('answers with the findings as outcomes', async () => {
    expect(await post(payload('/plan'))).toBe(200);
    const { token, body } = await answered;
    expect(token).toBe('Bearer a token');
    expect(body.data.attributes).toEqual({ status: 'failed', message: expect.stringMatching(/^\d+ critical, /) });
    expect(body.data.relationships.outcomes.data[0]).toEqual({
      type: 'task-result-outcomes',
      attributes: {
        ...{ 'outcome-id': expect.stringContaining('/'), description: expect.any(String), body: expect.any(String) },
        tags: { Severity: [{ label: 'critical', level: 'error' }] },
      },
    });
  });

  test('fails a plan that it could not review', async () => {
    await post(payload('/broken'));
    expect((await answered).body.data.attributes).toEqual({
      ...{ status: 'failed', message: expect.stringContaining('not reviewed: spillway-review: ') },
    });
  });

  test('listens to nobody without the key, and to a test with nothing but an answer', async () => {
    expect(await post(payload('/plan'), 'another')).toBe(401);
    expect(await post({ stage: 'test', access_token: 'test-token' })).toBe(200);
  });
});
