import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Account } from './live/answers';
import type { Question } from './live/questions';
import { PlanError } from './plan/errors';
import type { Plan } from './plan/model';
import { readPlan } from './plan/read';
import { Policy } from './policy/policy';
import { COMMENT_LIMIT } from './report/limit';
import { type Review, worst } from './report/review';
import { reviewPlan } from './review';
import { SEVERITIES, type Severity, worseFirst } from './rules/rule';

const FORMATS = ['terminal', 'markdown', 'json', 'sarif', 'gitlab'] as const;
type Format = (typeof FORMATS)[number];
export const DEFAULT_POLICY = 'spillway-review.json';

const help = (name: string) => `${name} [options] [STACK=]PLAN.json…

Says what a Terraform or OpenTofu plan does to messages in flight. PLAN.json is the output of
\`terraform show -json PLANFILE\` or \`tofu show -json PLANFILE\`, or - for standard input; several make one report.

  --format FORMAT     terminal (default), markdown, json, sarif, gitlab (code quality); may be given several times
  --output FILE       write the report there; may be given once for each --format, in the same order
  --fail-on SEVERITY  exit with 1 on a finding as bad as this or worse: ${SEVERITIES.join(', ')}
  --rules FILE        rules of one's own (JSON, JavaScript, TypeScript); may be given several times
  --policy FILE       rules, settings and suppressions; default: ${DEFAULT_POLICY} if there is one
  --source [STACK=]DIRECTORY
                      checkout of the configuration: findings say the file and line of their block
  --since FILE        an earlier Markdown or JSON report of the same stacks: says what is new, mended and left
  --live              asks AWS, with the credentials of the environment, about what is destroyed or replaced
  --limit CHARACTERS  longest Markdown report; default: ${COMMENT_LIMIT}, GitHub's limit
  --help

Exit: 0 reviewed, 1 a finding reaches --fail-on, 2 the plan or the command can't be read.
`;

/** Runs the command and returns its exit code. */
export async function main(
  args: readonly string[],
  out: (text: string) => void,
  colour: boolean,
  name = 'spillway review',
): Promise<number> {
  try {
    return await run(args, out, colour, name);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    return 2;
  }
}

async function run(
  args: readonly string[],
  out: (text: string) => void,
  colour: boolean,
  name: string,
): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    out(help(name));
    return 0;
  }
  const [command, ...plans] = positionals;
  if (command !== 'review') throw new PlanError(`there is one command, "review"; try: ${name} --help`);
  if (plans.length === 0) throw new PlanError(`name at least one plan: ${name} PLAN.json`);
  const formats = (values.format ?? ['terminal']).map((format) => oneOf(format, FORMATS, '--format'));
  if ((values.output?.length ?? 0) > formats.length) throw new PlanError('every --output needs a --format of its own');
  const limit = Number(values.limit ?? COMMENT_LIMIT);
  if (!Number.isInteger(limit) || limit < 2000) throw new PlanError('--limit takes a whole number from 2000');
  const policy = await readPolicy(values.policy, values.rules);
  const { reads } = policy;
  const failOn = values['fail-on'] ? oneOf(values['fail-on'], SEVERITIES, '--fail-on') : policy.failOn;
  const files = plans.map(splitName);
  const account = values.live ? await (await import('./live/aws')).awsAccount() : undefined;
  const reviews: Review[] = [];
  for (const { file, stack } of files) {
    const plan = await readPlan(file, stack, reads);
    const review = await placed(reviewPlan(plan, policy), plan, values.source);
    reviews.push(account ? await live(review, account) : review);
  }
  const policyNotes = policy.notes(reviews.map(({ stack }) => stack));
  const since = values.since === undefined ? undefined : await sinceOf(values.since, reviews);
  const names = files.map(({ file }) => file);
  // Each is loaded when it is asked for: of a small plan, loading takes longer than reviewing.
  const write: Record<Format, (toFile: boolean) => Promise<string>> = {
    terminal: async (toFile) =>
      (await import('./report/terminal')).terminal(reviews, policyNotes, { colour: colour && !toFile, since }),
    markdown: async () =>
      (await import('./report/markdown')).markdown(reviews, policyNotes, { limit, docs: policy.docs, since }),
    json: async () => (await import('./report/json')).json(reviews, policyNotes, since),
    sarif: async () => (await import('./report/sarif')).sarif(reviews, names, policy.docs, policy.rules),
    gitlab: async () => (await import('./report/gitlab')).gitlab(reviews, names),
  };
  for (const [index, format] of formats.entries()) {
    const output = values.output?.[index];
    const text = await write[format](output !== undefined);
    if (output === undefined) out(text);
    else store(output, text);
  }
  return fails(worst(reviews), failOn) ? 1 : 0;
}

const fails = (found: Severity | undefined, failOn: Severity | undefined): boolean =>
  found !== undefined && failOn !== undefined && worseFirst(found, failOn) <= 0;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: 'string', multiple: true },
        output: { type: 'string', multiple: true },
        'fail-on': { type: 'string' },
        policy: { type: 'string' },
        rules: { type: 'string', multiple: true },
        since: { type: 'string' },
        live: { type: 'boolean' },
        source: { type: 'string', multiple: true },
        limit: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new PlanError((error as Error).message);
  }
}

async function readPolicy(file: string | undefined, rules: readonly string[] = []): Promise<Policy> {
  const name = file ?? DEFAULT_POLICY;
  const none = file === undefined && !existsSync(name);
  if (none && rules.length === 0) return new Policy();
  const { loadPolicy } = await import('./policy/file');
  return loadPolicy(none ? '{}' : contents(name), name, rules);
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PlanError(`${file}: can't be read (${(error as Error).message})`);
  }
}

async function sinceOf(file: string, reviews: readonly Review[]) {
  const { earlierFindings, Since } = await import('./report/since');
  const earlier = earlierFindings(contents(file), file);
  return earlier && new Since(earlier, reviews);
}

/** With file and line of each finding's block, where the stack's configuration is checked out. */
async function placed(review: Review, plan: Plan, sources: readonly string[] = []): Promise<Review> {
  const named = sources.map(splitName);
  const own = named.find(({ stack }) => stack === review.stack) ?? named.find(({ stack }) => stack === undefined);
  if (!own) return review;
  if (!existsSync(own.file)) throw new PlanError(`--source ${own.file}: no such directory`);
  const { Checkout } = await import('./source/checkout');
  const checkout = new Checkout(own.file, plan.configuration);
  return { ...review, findings: review.findings.map((each) => ({ ...each, place: checkout.placeOf(each.address) })) };
}

/** With the answers of the account. Questions of one account are asked together, and told where they belong. */
async function live(review: Review, account: Account): Promise<Review> {
  const { answered } = await import('./live/answers');
  const all = [...review.findings.flatMap(({ questions = [] }) => questions), ...review.questions];
  const answers = await answered(all, account);
  const take = (questions: readonly Question[]) => answers.splice(0, questions.length);
  return {
    ...review,
    findings: review.findings.map((each) => (each.questions ? { ...each, questions: take(each.questions) } : each)),
    questions: take(review.questions),
  };
}

function store(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new PlanError(`${file}: can't be written (${(error as Error).message})`);
  }
}

function oneOf<T extends string>(value: string, allowed: readonly T[], option: string): T {
  if (!(allowed as readonly string[]).includes(value))
    throw new PlanError(`${option} takes ${allowed.join(', ')}, not "${value}"`);
  return value as T;
}

/** `orders-prod=out/plan.json` names the stack; without a name, as where `$NAME=plan.json` has none, it comes from the file. */
function splitName(argument: string): { file: string; stack: string | undefined } {
  const [, stack, file] = existsSync(argument) ? [] : (/^([\w.:/@+-]*)=(.+)$/.exec(argument) ?? []);
  return file === undefined ? { file: argument, stack: undefined } : { file, stack: stack || undefined };
}
