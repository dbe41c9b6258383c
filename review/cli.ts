import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PlanError } from './plan/errors';
import { readPlan } from './plan/read';
import { Policy } from './policy/policy';
import { json } from './report/json';
import { COMMENT_LIMIT, markdown } from './report/markdown';
import { type Review, worst } from './report/review';
import { sarif } from './report/sarif';
import { terminal } from './report/terminal';
import { reviewPlan } from './review';
import { SEVERITIES, type Severity, worseFirst } from './rules/rule';

const FORMATS = ['terminal', 'markdown', 'json', 'sarif'] as const;
const DEFAULT_POLICY = 'spillway-review.json';

const HELP = `spillway review [options] [STACK=]PLAN.json…

Says what a Terraform or OpenTofu plan does to messages in flight. PLAN.json is the output of
\`terraform show -json PLANFILE\` or \`tofu show -json PLANFILE\`, or - for standard input; several make one report.

  --format terminal|markdown|json|sarif   default: terminal
  --output FILE       write the report there; may be given once for each --format, in the same order
  --fail-on SEVERITY  exit with 1 on a finding as bad as this or worse: ${SEVERITIES.join(', ')}
  --policy FILE       rules, settings and suppressions; default: ${DEFAULT_POLICY} if there is one
  --limit CHARACTERS  longest Markdown report; default: ${COMMENT_LIMIT}, GitHub's limit
  --help

Exit: 0 reviewed, 1 a finding reaches --fail-on, 2 the plan or the command can't be read.
`;

/** Runs the command and returns its exit code. */
export async function main(args: readonly string[], out: (text: string) => void, colour: boolean): Promise<number> {
  try {
    return await run(args, out, colour);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    process.stderr.write(`spillway review: ${error.message}\n`);
    return 2;
  }
}

async function run(args: readonly string[], out: (text: string) => void, colour: boolean): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    out(HELP);
    return 0;
  }
  const [command, ...names] = positionals;
  if (command !== 'review') throw new PlanError(`there is one command, "review"; try: spillway review --help`);
  if (names.length === 0) throw new PlanError('name at least one plan: spillway review PLAN.json');
  const formats = values.format ?? ['terminal'];
  for (const format of formats) oneOf(format, FORMATS, '--format');
  if ((values.output?.length ?? 0) > formats.length) throw new PlanError('every --output needs a --format of its own');
  const limit = Number(values.limit ?? COMMENT_LIMIT);
  if (!Number.isInteger(limit) || limit < 2000) throw new PlanError('--limit takes a whole number from 2000');
  const policy = readPolicy(values.policy);
  const failOn = values['fail-on'] ? oneOf(values['fail-on'], SEVERITIES, '--fail-on') : policy.failOn;
  const files = names.map(splitName);
  const reviews: Review[] = [];
  for (const { file, stack } of files) reviews.push(reviewPlan(await readPlan(file, stack), policy));
  const policyNotes = policy.notes(reviews.map(({ stack }) => stack));
  formats.forEach((format, index) => {
    const output = values.output?.[index];
    const text =
      format === 'markdown'
        ? markdown(reviews, policyNotes, { limit, docs: policy.docs })
        : format === 'json'
          ? json(reviews, policyNotes)
          : format === 'sarif'
            ? sarif(
                reviews,
                files.map(({ file }) => file),
                policy.docs,
              )
            : terminal(reviews, policyNotes, colour && output === undefined);
    if (output === undefined) out(text);
    else write(output, text);
  });
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
        limit: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new PlanError((error as Error).message);
  }
}

function readPolicy(file: string | undefined): Policy {
  const name = file ?? DEFAULT_POLICY;
  if (file === undefined && !existsSync(name)) return new Policy();
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    throw new PlanError(`${name}: can't be read (${(error as Error).message})`);
  }
  return Policy.parse(text, name);
}

function write(file: string, text: string): void {
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
