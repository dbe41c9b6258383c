import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WORKFLOW = readFileSync(join(__dirname, '../../.github/workflows/plan-review.yml'), 'utf8');

/** The step that comments, as github-script runs it. */
function commentScript(): string {
  const [, indented = ''] = /script: \|\n((?: {12}.*\n)+)/.exec(WORKFLOW) ?? [];
  return indented.replace(/^ {12}/gm, '');
}

interface Comment {
  id: number;
  body: string;
  user: { type: string };
}

/** A pull request with these comments, after the step has run. */
async function commented(environment: NodeJS.ProcessEnv, comments: readonly Comment[]) {
  const calls: unknown[] = [];
  const github = {
    paginate: async () => comments,
    rest: {
      issues: {
        listComments: undefined,
        updateComment: async ({ comment_id, body }: { comment_id: number; body: string }) =>
          calls.push({ updated: comment_id, body }),
        createComment: async ({ body }: { body: string }) => calls.push({ created: true, body }),
      },
    },
  };
  const context = {
    repo: { owner: 'shop', repo: 'orders' },
    issue: { number: 7 },
    ...{ runId: 99, serverUrl: 'https://github.com', payload: { pull_request: { head: { sha: 'c0ffee' } } } },
  };
  const run = new Function(
    ...['github', 'context', 'require', 'process'],
    `return (async () => {${commentScript()}})()`,
  );
  await run(github, context, require, { env: environment });
  return calls;
}

describe('the comment on a pull request', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runner-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const environment = (more: NodeJS.ProcessEnv) => ({ ENVIRONMENT: 'prod-plan', RUNNER_TEMP: folder, ...more });
  const bot = (id: number, body: string): Comment => ({ id, body, user: { type: 'Bot' } });
  const marker = '<!-- spillway-review prod-plan -->\n';

  test('is the report, in the one comment that this environment has already', async () => {
    writeFileSync(join(folder, 'comment.md'), 'the report');
    const comments = [
      { ...bot(1, `${marker}mine`), user: { type: 'User' } },
      bot(2, '<!-- spillway-review dev-plan -->\nthe other'),
      bot(3, `${marker}the last one`),
    ];
    expect(await commented(environment({ PLANNED: 'success' }), comments)).toEqual([
      { updated: 3, body: `${marker}the report` },
    ]);
    expect(await commented(environment({ PLANNED: 'success' }), comments.slice(0, 2))).toEqual([
      { created: true, body: `${marker}the report` },
    ]);
  });

  test.each([
    [{ PLANNED: 'failure', AT: 'prod-shop' }, 'At c0ffee, the plan of `prod-shop` failed.'],
    [{ PLANNED: 'success', AT: 'prod-shop' }, 'At c0ffee, the review failed.'],
    [{ PLANNED: 'skipped', AT: '' }, 'At c0ffee, what comes before the plan failed.'],
    [{ PLANNED: '', AT: '' }, 'At c0ffee, what comes before the plan failed.'],
  ])('says that nothing was reviewed when there is no report: %j', async (outcome, expected) => {
    const [call] = (await commented(environment(outcome), [bot(3, `${marker}nothing to worry about`)])) as [
      { updated: number; body: string },
    ];
    expect(call.updated).toBe(3);
    expect(call.body).toMatch(/^<!-- spillway-review prod-plan -->\n## 🛑 Plan review: not reviewed\n/);
    expect(call.body).toContain(expected);
    expect(call.body).toContain('https://github.com/shop/orders/actions/runs/99');
  });
});

test('the step that comments runs after a failure, and not where it may not write', () => {
  const [, condition] = /- if: (.*)\n\s*uses: actions\/github-script/.exec(WORKFLOW) ?? [];
  expect(condition).toBe(
    "${{ !cancelled() && github.event_name == 'pull_request' && !github.event.pull_request.head.repo.fork }}",
  );
});

describe('the step that reviews', () => {
  const [, indented = ''] = /- id: review\n[\s\S]*?run: \|\n((?: {10}.*\n)+)/.exec(WORKFLOW) ?? [];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runner-'));
    mkdirSync(join(folder, 'bin'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The review's arguments, with `gh` answering so. */
  function reviewed(gh: string, pull: string): string {
    const program = (name: string, script: string) =>
      writeFileSync(join(folder, 'bin', name), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 });
    program('gh', gh);
    program('node', 'shift; echo "$@" > arguments; echo report > comment.md');
    const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', indented.replace(/^ {10}/gm, '')], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...{ PATH: `${join(folder, 'bin')}:${process.env.PATH}`, RUNNER_TEMP: folder, STACKS: 'shop=stacks/shop' },
        ...{ FAIL_ON: 'critical', PULL_REQUEST: pull, GITHUB_REPOSITORY: 'shop/orders', ENVIRONMENT: 'prod' },
        ...{ GITHUB_STEP_SUMMARY: join(folder, 'summary'), GITHUB_OUTPUT: join(folder, 'output') },
      },
    });
    expect(status).toBe(0);
    return readFileSync(join(folder, 'arguments'), 'utf8').replaceAll(folder, '');
  }

  test('compares with the comment of the last push', () => {
    expect(reviewed('echo "the last comment"', '7')).toContain('review --since /earlier.md shop=/plans/shop.json ');
  });

  test.each([
    ['there is none yet', 'true', '7'],
    ['GitHub does not answer', 'echo half; exit 1', '7'],
    ['it is no pull request', 'echo unasked', ''],
  ])('compares with nothing where %s', (_, gh, pull) => {
    expect(reviewed(gh, pull)).toMatch(/^review shop=\/plans\/shop\.json --fail-on critical /);
  });
});

describe('the recipe for GitLab', () => {
  const recipe = readFileSync(join(__dirname, '../../docs/plan-review.md'), 'utf8').split('## GitLab')[1] ?? '';
  const [comment = '', apply = ''] = [...recipe.matchAll(/- \|\n((?: {6}.*\n)+)/g)].map(([, text = '']) => text);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'job-'));
    mkdirSync(join(folder, 'bin'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a script of the recipe; what `curl` is called with is written down, and answered by what stands for a URL. */
  function run(script: string, answers: Record<string, unknown>) {
    writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
    writeFileSync(
      join(folder, 'bin/curl'),
      `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const given = process.argv.slice(2);
const url = given.find((each) => each.startsWith('https:'));
appendFileSync('calls', [given.includes('-X') ? given[given.indexOf('-X') + 1] : 'GET', url].join(' ') + '\\n');
const answer = JSON.parse(readFileSync('answers.json', 'utf8'))[url];
if (answer !== undefined) console.log(JSON.stringify(answer));
`,
      { mode: 0o755 },
    );
    const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', script.replace(/^ {6}/gm, '')], {
      cwd: folder,
      env: {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        ...{ CI_API_V4_URL: 'https://gitlab.example/api/v4', CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '7' },
        ...{ CI_JOB_NAME: 'plan', CI_JOB_URL: 'https://gitlab.example/job/9', CI_COMMIT_SHA: 'c0ffee' },
        ...{ CI_COMMIT_BRANCH: 'main' },
      },
    });
    const calls = existsSync(join(folder, 'calls'))
      ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
      : [];
    return { status, calls };
  }

  const notes = 'https://gitlab.example/api/v4/projects/5/merge_requests/7/notes';
  const listed = `${notes}?per_page=100&order_by=created_at&sort=asc`;
  test.each([
    ['a new note', [{ id: 3, body: '<!-- spillway-review plan dev -->' }], `POST ${notes}`],
    [
      'its own note',
      [
        { id: 3, body: 'x' },
        { id: 4, body: '<!-- spillway-review plan -->\nold' },
      ],
      `PUT ${notes}/4`,
    ],
  ])('writes the report into %s', (_, found, expected) => {
    writeFileSync(join(folder, 'comment.md'), 'the report\n');
    expect(run(comment, { [listed]: found })).toEqual({ status: 0, calls: [`GET ${listed}`, expected] });
    expect(readFileSync(join(folder, 'note.md'), 'utf8')).toBe('<!-- spillway-review plan -->\nthe report\n');
  });

  test('says that nothing was reviewed when there is no report', () => {
    expect(run(comment, { [listed]: [] }).status).toBe(0);
    expect(readFileSync(join(folder, 'note.md'), 'utf8')).toContain(
      'not reviewed; https://gitlab.example/job/9 says why',
    );
  });

  const api = 'https://gitlab.example/api/v4/projects/5';
  const requests = `${api}/repository/commits/c0ffee/merge_requests`;
  const pipelines = `${api}/merge_requests/7/pipelines`;
  const jobs = `${api}/pipelines/11/jobs?scope=success`;
  const request = { iid: 7, state: 'merged', target_branch: 'main', sha: 'c0ffee' };
  const pipeline = { id: 11, status: 'success', source: 'merge_request_event', sha: 'c0ffee' };
  test('applies the plan of the merge request and the commit that were merged', () => {
    const answers = {
      [requests]: [{ ...request, iid: 8, target_branch: 'old' }, { ...request, iid: 9, state: 'opened' }, request],
      [pipelines]: [{ ...pipeline, id: 13, sha: 'older' }, { ...pipeline, id: 12, status: 'failed' }, pipeline],
      [jobs]: [
        { id: 20, name: 'test' },
        { id: 21, name: 'plan' },
      ],
    };
    expect(run(apply, answers)).toEqual({
      status: 0,
      calls: [`GET ${requests}`, `GET ${pipelines}`, `GET ${jobs}`, `GET ${api}/jobs/21/artifacts/tfplan.gpg`],
    });
  });

  test.each([
    ['no merge request', { [requests]: [] }],
    ['none that was merged here', { [requests]: [{ ...request, target_branch: 'old' }] }],
    ['no successful pipeline', { [requests]: [request], [pipelines]: [{ ...pipeline, status: 'failed' }] }],
    ['no successful plan', { [requests]: [request], [pipelines]: [pipeline], [jobs]: [{ id: 20, name: 'test' }] }],
  ])('applies nothing when that commit has %s', (_, answers) => {
    const { status, calls } = run(apply, answers);
    expect(status).not.toBe(0);
    expect(calls.filter((call) => call.includes('artifacts'))).toEqual([]);
  });
});
