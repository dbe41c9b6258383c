import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Runner, script, shell, step, workflow } from './workflow-steps';

const REVIEW = workflow('plan-review');
const APPLY = workflow('plan-apply');
const SPILLWAY = 'spill/way@c0ffee';

let folder: string;
let runner: Runner;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
  runner = new Runner(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the run whose plans are applied', () => {
  const merged = {
    number: 7,
    merged_at: 'then',
    merge_commit_sha: 'merge',
    base: { ref: 'main' },
    head: { sha: 'head' },
  };
  const planner = [{ path: 'spill/way/.github/workflows/plan-review.yml@c0ffee' }];

  /** @param runs from the newest: which artifact each has stored, and which workflows it has called */
  async function chosen(
    pulls: readonly unknown[],
    runs: readonly { id: number; artifact: string; referenced_workflows?: readonly unknown[] }[],
  ) {
    const outputs: Record<string, unknown> = {};
    const failures: string[] = [];
    const rest = {
      repos: { listPullRequestsAssociatedWithCommit: async () => pulls },
      actions: {
        listWorkflowRuns: async () => runs,
        listWorkflowRunArtifacts: async ({ run_id, name }: { run_id: number; name: string }) => ({
          data: {
            artifacts: runs
              .filter(({ id, artifact }) => id === run_id && artifact === name)
              .map(() => ({ expired: false })),
          },
        }),
      },
    };
    const github = {
      rest,
      paginate: (list: (parameters: unknown) => unknown, parameters: unknown) => list(parameters),
    };
    const context = { repo: { owner: 'shop', repo: 'orders' }, sha: 'merge', ref: 'refs/heads/main' };
    const core = {
      setOutput: (name: string, value: unknown) => {
        outputs[name] = value;
      },
      setFailed: (text: string) => failures.push(text),
    };
    const environment = { PLANNED_IN: 'prod-plan', PLANNED_BY: 'plan.yml', SPILLWAY };
    await new Function('github', 'context', 'core', 'process', `return (async () => {${script(APPLY, 'reviewed')}})()`)(
      ...[github, context, core, { env: environment }],
    );
    return { outputs, failures };
  }

  test('is of the pull request that was merged, though a newer one has the same commit', async () => {
    const runs = [
      { id: 2, artifact: 'plans-prod-plan-8', referenced_workflows: planner },
      { id: 1, artifact: 'plans-prod-plan-7', referenced_workflows: planner },
    ];
    expect(await chosen([{ ...merged, number: 8, base: { ref: 'old' } }, merged], runs)).toEqual({
      outputs: { run: 1, artifact: 'plans-prod-plan-7', 'pull-request': 7 },
      failures: [],
    });
  });

  test.each([
    ['no pull request', [], 'was not merged into main by a pull request'],
    ['one into another branch', [{ ...merged, base: { ref: 'old' } }], 'was not merged into main by a pull request'],
    ['one that is still open', [{ ...merged, merged_at: null }], 'was not merged into main by a pull request'],
  ])('is none when the commit has %s', async (_, pulls, expected) => {
    const runs = [{ id: 1, artifact: 'plans-prod-plan-7', referenced_workflows: planner }];
    expect(await chosen(pulls, runs)).toEqual({ outputs: {}, failures: [expect.stringContaining(expected)] });
  });

  test.each([
    ['another workflow', [{ path: 'shop/orders/.github/workflows/plan-review.yml@c0ffee' }]],
    ['another commit of it', [{ path: 'spill/way/.github/workflows/plan-review.yml@main' }]],
    ['none', []],
  ])('is none when it has called %s instead of the review', async (_, referenced_workflows) => {
    const { outputs, failures } = await chosen(
      [merged],
      [{ id: 1, artifact: 'plans-prod-plan-7', referenced_workflows }],
    );
    expect(outputs).toEqual({});
    expect(failures).toEqual([expect.stringContaining('for pull request 7 at head has called spill/way/')]);
  });
});

test('the plans must be signed by the review, at its commit, for the pull request', () => {
  runner.command('gh', 'printf "%s\\n" "$@"; exit 1');
  const { status, output } = runner.run(shell(APPLY, 'signed'), { PULL_REQUEST: '7', SPILLWAY });
  expect(status).toBe(1);
  expect(output.trim().split('\n').slice(3)).toEqual([
    ...['--repo', 'shop/orders', '--signer-workflow', 'spill/way/.github/workflows/plan-review.yml'],
    ...['--signer-digest', 'c0ffee', '--source-ref', 'refs/pull/7/merge', '--deny-self-hosted-runners'],
  ]);
  expect(APPLY.indexOf('id: signed')).toBeLessThan(APPLY.indexOf('id: unpack'));
});

const STACKS = 'network=out/network\nshop=out/shop\n';
const given = {
  ...{ STACKS, TOOL: 'terraform', VERSION: '1.14.0', SPILLWAY, ENVIRONMENT: 'prod-plan' },
  ...{ PULL_REQUEST: '7', BASE: 'main', PLAN_KEY: 'secret' },
};

/** A checkout whose stacks are built, and are not in it. */
function checkout(): void {
  runner.git('init', '-q');
  runner.write('main.ts', 'synthesizes');
  runner.write('.gitignore', 'out/');
  runner.git('add', '.');
  runner.git('commit', '-qm', 'one');
}

describe('what is stored with the plan', () => {
  beforeEach(() => {
    // Terraform writes what it is asked for; gpg keeps the passphrase before the text, and wants the same one.
    runner.command(
      'terraform',
      'for each in "$@"; do case $each in -out=*) echo plan > "${each#-out=}";; show) echo "{}";; esac; done',
    );
    runner.command(
      'gpg',
      `read -r key <&3
case "$*" in
  *--symmetric*) { echo "$key"; cat; } > "\${@: -1}";;
  *) file="\${*: -3:1}"; [ "$(head -n 1 "$file")" = "$key" ] && tail -n +2 "$file";;
esac`,
    );
    checkout();
    for (const stack of ['network', 'shop']) runner.write(`out/${stack}/cdk.tf.json`, `{ "of": "${stack}" }`);
    for (const [id, text] of [
      ['pack', REVIEW],
      ['plan', REVIEW],
      ['store', REVIEW],
    ] as const)
      expect(runner.run(shell(text, id), given)).toMatchObject({ status: 0 });
    for (const each of ['plans', 'built.tgz']) rmSync(join(runner.temporary, each), { recursive: true });
    rmSync(join(runner.checkout, 'out'), { recursive: true });
  });
  const unpack = (more: Record<string, string> = {}) =>
    runner.run(
      shell(APPLY, 'unpack').replace('--passphrase-fd 3 "$RUNNER_TEMP/plans.gpg"', '"$RUNNER_TEMP/plans.gpg" x y'),
      {
        ...given,
        ...more,
      },
    );

  test('is applied where it was planned: with what was built, and nothing is built again', () => {
    expect(unpack()).toMatchObject({ status: 0 });
    expect(readFileSync(join(runner.checkout, 'out/shop/cdk.tf.json'), 'utf8')).toBe('{ "of": "shop" }');
    expect(existsSync(join(runner.temporary, 'plans/shop.tfplan'))).toBe(true);
    expect(APPLY).not.toContain('prepare');
  });

  test.each([
    ['pull request', { PULL_REQUEST: '8' }],
    ['base', { BASE: 'release' }],
    ['environment', { ENVIRONMENT: 'dev-plan' }],
    ['review', { SPILLWAY: 'evil/way@c0ffee' }],
    ['tool', { TOOL: 'tofu' }],
    ['version', { VERSION: '1.13.0' }],
    ['list of stacks', { STACKS: 'shop=out/shop\n' }],
  ])('is refused for another %s', (_, other) => {
    expect(unpack(other)).toMatchObject({ status: 1, output: expect.stringContaining('::error::What was planned') });
  });

  test('is refused for other files', () => {
    runner.write('main.ts', 'synthesizes something else');
    runner.git('commit', '-qam', 'two');
    expect(unpack()).toMatchObject({ status: 1, output: expect.stringMatching(/^< tree [\s\S]*^> tree /m) });
  });
});

describe('the commands of a pull request', () => {
  const [, build = '', plan = ''] = /\n {2}build:\n([\s\S]*?)\n {2}plan:\n([\s\S]*)/.exec(REVIEW) ?? [];

  test('run in a job without a secret, a token of AWS or one that may write', () => {
    expect(build).toContain('bash -euo pipefail -c "$PREPARE"');
    expect(/\n {4}permissions:\n((?: {6}.*\n)+)/.exec(`\n${build}`)?.[1]).toBe('      contents: read\n');
    expect(build).not.toMatch(/secrets\.|\n {4}environment:|id-token|github\.token|configure-aws/);
    expect(plan).not.toMatch(/PREPARE/);
    expect(APPLY).not.toMatch(/PREPARE|npm /);
  });

  test('fail the check when they fail', () => {
    expect(plan).toMatch(/^ {4}needs: build\n {4}if: \${{ !cancelled\(\) }}/);
    expect(plan).toMatch(/- if: needs\.build\.result != 'success'\n {8}run: \|\n.*\n {10}exit 1\n/);
  });

  const pack = () => runner.run(shell(REVIEW, 'pack'), { STACKS });
  const unpack = () => runner.run(shell(REVIEW, 'unpack'), { STACKS });

  test('leave beside the credentials only the directories of the stacks', () => {
    for (const path of ['out/network/a.tf', 'out/shop/b.tf', 'out/shop/.git/config', 'out/other/c.tf', 'd'])
      runner.write(path, 'built');
    symlinkSync(join(runner.checkout, 'd'), join(runner.checkout, 'out/shop/link'));
    expect(pack()).toMatchObject({ status: 0 });
    rmSync(runner.checkout, { recursive: true });
    new Runner(folder);
    expect(unpack()).toMatchObject({ status: 0 });
    expect(runner.run('find . -type f | sort').output.trim().split('\n')).toEqual([
      ...['./out/network/a.tf', './out/shop/b.tf', './out/shop/link'],
    ]);
  });

  test('put no link there that leads elsewhere', () => {
    runner.write('out/network/a.tf', 'built');
    runner.write('out/shop/b.tf', 'built');
    symlinkSync('/etc', join(runner.checkout, 'out/shop/link'));
    expect(runner.run('tar -czf "$RUNNER_TEMP/built.tgz" out')).toMatchObject({ status: 0 });
    expect(unpack()).toMatchObject({ status: 1, output: expect.stringContaining('files and directories only') });
  });
});

describe('the policy of a review', () => {
  const policy = (event: string) => {
    const { status, output } = runner.run(shell(REVIEW, 'policy'), {
      ...{ GITHUB_EVENT_NAME: event, POLICY: 'spillway-review.json' },
    });
    expect(status).toBe(0);
    return { text: readFileSync(join(runner.temporary, 'policy.json'), 'utf8').trim(), output };
  };
  const proposed = (text: string) => {
    runner.git('checkout', '-qb', 'change');
    runner.write('spillway-review.json', text);
    runner.git('add', '.');
    runner.git('commit', '-qm', 'change');
    runner.git('checkout', '-q', 'main');
    runner.git('merge', '-q', '--no-ff', '-m', 'merge', 'change');
  };

  test('is that of the branch that is merged into, and a change of it is told', () => {
    checkout();
    runner.write('spillway-review.json', '{ "failOn": "high" }');
    runner.git('add', '.');
    runner.git('commit', '-qm', 'policy');
    proposed('{ "rules": {} }');
    const { text, output } = policy('pull_request');
    expect(text).toBe('{ "failOn": "high" }');
    expect(output).toContain('::notice::This pull request changes spillway-review.json.');
    expect(policy('schedule')).toEqual({ text: '{ "rules": {} }', output: '' });
  });

  test('is none when that branch has none', () => {
    checkout();
    proposed('{ "rules": {} }');
    expect(policy('pull_request').text).toBe('{}');
    expect(step(REVIEW, 'review')).toContain('--policy "$RUNNER_TEMP/policy.json"');
  });
});
