import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_POLICY, main } from '../cli';
import { PlanError } from '../plan/errors';
import { parseJson } from '../plan/values';
import { fileOfBase, type PullRequest, StickyComment } from './comment';

type Environment = Readonly<Record<string, string | undefined>>;

/** What action.yml does, by the environment that a runner gives it. Returns the exit code of the step. */
export async function action(environment: Environment, out: (text: string) => void): Promise<number> {
  const input = (name: string) => environment[`INPUT_${name.toUpperCase().replaceAll('-', '_')}`]?.trim() || undefined;
  const lines = (name: string) => (input(name) ?? '').split('\n').flatMap((line) => line.trim() || []);
  const folder = mkdtempSync(join(environment.RUNNER_TEMP ?? '.', 'spillway-review-'));
  const [report, sarif, earlier] = ['report.md', 'report.sarif', 'earlier.md'].map((name) => join(folder, name));
  const pull = pullRequestOf(environment, input('token'));
  const comment = pull && new StickyComment(pull, nameOf(input('comment') ?? 'plan'));
  const found = await comment?.find();
  if (found?.body !== undefined) writeFileSync(earlier as string, found.body);
  const code = await main(
    [
      ...['review', ...lines('plans')],
      ...['--format', 'markdown', '--output', report as string, '--format', 'sarif', '--output', sarif as string],
      ...['--format', 'terminal'],
      ...option('--fail-on', input('fail-on')),
      ...option('--policy', await policyOf(pull, input('policy'), folder)),
      ...(await rulesOf(pull, lines('rules'), folder)).flatMap((file) => ['--rules', file]),
      ...lines('source').flatMap((source) => ['--source', source]),
      ...(isSet(input('live')) ? ['--live'] : []),
      ...(found ? ['--since', earlier as string] : []),
    ],
    out,
    false,
  );
  const log = `${environment.GITHUB_SERVER_URL}/${environment.GITHUB_REPOSITORY}/actions/runs/${environment.GITHUB_RUN_ID}`;
  const text = existsSync(report as string)
    ? readFileSync(report as string, 'utf8')
    : `## 🛑 Plan review: not reviewed\n\nAt ${environment.GITHUB_SHA} the review failed. [The log](${log}) says why.\n`;
  if (environment.GITHUB_STEP_SUMMARY) appendFileSync(environment.GITHUB_STEP_SUMMARY, text);
  await comment?.write(text, found);
  if (environment.GITHUB_OUTPUT) {
    appendFileSync(environment.GITHUB_OUTPUT, `code=${code}\nreport=${report}\nsarif=${sarif}\n`);
  }
  if (code === 1) out('::error::A finding is as bad as fail-on or worse; the report says which.\n');
  return code;
}

/** A misspelled word must not leave the account unasked without a word. */
function isSet(live: string | undefined): boolean {
  if (live === undefined || live === 'false') return false;
  if (live === 'true') return true;
  throw new PlanError(`live takes true or false, not "${live}"`);
}

const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);

interface PullRequestEvent extends PullRequest {
  /** Commit of the branch that it is for. */
  readonly base: string;
}

/** Undefined outside of a pull request, and without a token: then the step's summary is all. */
function pullRequestOf(environment: Environment, token: string | undefined): PullRequestEvent | undefined {
  const event = environment.GITHUB_EVENT_PATH;
  if (!token || !event || !existsSync(event)) return undefined;
  const { pull_request: pull } = JSON.parse(readFileSync(event, 'utf8')) as {
    pull_request?: { number: number; base: { sha: string } };
  };
  if (!pull) return undefined;
  const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_REPOSITORY: repository = '' } = environment;
  return { api, repository, number: pull.number, token, base: pull.base.sha };
}

/** Of a pull request the policy that is merged already counts, and the rules that it names: otherwise it could suppress its own findings. */
async function policyOf(pull: PullRequestEvent | undefined, file: string | undefined, folder: string) {
  if (!pull) return file;
  const name = file ?? DEFAULT_POLICY;
  const text = (await fileOfBase(pull, pull.base, name)) ?? '{}';
  const named = (parseJson(text) as { ruleFiles?: unknown } | undefined)?.ruleFiles;
  // Whatever else is wrong in it, reading it will say.
  for (const path of Array.isArray(named) ? named.map(String) : [])
    await store(pull, join(dirname(name), path), join(folder, 'policy', path));
  const path = join(folder, 'policy', 'policy.json');
  write(path, text);
  return path;
}

async function rulesOf(pull: PullRequestEvent | undefined, files: readonly string[], folder: string) {
  if (!pull) return files;
  const paths = files.map((file) => join(folder, 'rules', file));
  for (const [index, file] of files.entries()) await store(pull, file, paths[index] as string);
  return paths;
}

async function store(pull: PullRequestEvent, file: string, path: string): Promise<void> {
  const text = await fileOfBase(pull, pull.base, file);
  if (text === undefined)
    throw new PlanError(`the branch that is merged into has no ${file}: rules count once they are merged`);
  write(path, text);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function nameOf(name: string): string {
  if (/^[\w.-]+$/.test(name)) return name;
  throw new PlanError(`comment takes letters, digits, ".", "_" and "-", not "${name}"`);
}
