// `spillway import`: what is there already moves under a stack, by blocks that Terraform reads. Nothing on AWS is touched: the apply does it, after a plan that people have read.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, written } from './import/blocks';
import { decide, type Request } from './import/decide';
import { resourcesOnAws } from './import/live';
import { say } from './import/say';
import { stackOf } from './import/stack';
import { resourcesIn } from './import/state';
import { CONNECTION, type Command, readArguments, UsageError } from './night/command';
import { connectionTo } from './night/connection';

const USAGE = `spillway import --stack FILE [--queue NAME]… [--function NAME]… [--table NAME]… [--out FILE]
spillway import --stack FILE --from STATE [--same-state] [--out FILE] [--removed FILE]

Says which resources that are there become which of the stack, what a plan would change of them, and what is in the way; writes the blocks with --out.

  --stack       what is to have them: the folder or cdk.tf.json of a synthesized stack, or a plan ("terraform show -json PLAN"); - is the standard input
  --queue       a queue on AWS, by its name, URL or ARN, with its dead-letter queue, mappings, functions, their roles and log groups
  --function    a function on AWS, by its name or ARN, with its role and log group
  --table       a table on AWS, by its name or ARN
  --from        the state that they are in ("terraform state pull" or "terraform show -json"); - is the standard input
  --same-state  the stack has this state from now on: they are moved in it instead of imported
  --take        WHAT=PLACE: what is there (address, name, URL or ARN) becomes this resource of the stack (address, construct path or its end)
  --leave       WHAT stays outside of the stack
  --out         where the import and moved blocks go: HCL, or Terraform's JSON for a name that ends in .json. Nothing is written over
  --removed     where the blocks go that make the other state forget them; they belong to its configuration
  --json        prints the report as a line of JSON
${CONNECTION}`;

function jsonAt(option: string, path: string): unknown {
  const isFolder = path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory();
  const file = isFolder ? join(path, 'cdk.tf.json') : path;
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`--${option}: ${file} is no JSON (${(error as Error).message})`);
  }
}

function takeOf(text: string): Request['take'][number] {
  // A place has no "=", and a queue's URL may.
  const [, what, becomes] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  if (!what || !becomes)
    throw new UsageError(`--take is "${text}"; it takes WHAT=PLACE, such as orders-dlq=queue/parked`);
  return { what, becomes };
}

/** What the command line asks for. @throws UsageError when it makes no sense */
function argumentsOf(parameters: readonly string[]) {
  const several = { type: 'string', multiple: true, default: [] as string[] } as const;
  const { values, positionals } = readArguments(parameters, {
    ...{ queue: several, function: several, table: several, take: several, leave: several },
    ...{ stack: { type: 'string' }, from: { type: 'string' }, out: { type: 'string' }, removed: { type: 'string' } },
    'same-state': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  } as const);
  const { stack, from, 'same-state': sameState } = values;
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is one word too many`);
  if (!stack) throw new UsageError('--stack is missing');
  if (sameState && !from) throw new UsageError('--same-state says which state --from is; --from is missing');
  if (stack === '-' && from === '-')
    throw new UsageError('--stack and --from are both -; only one can be the standard input');
  return { ...values, stack, sameState, take: values.take.map(takeOf) };
}

export const importResources: Command = {
  usage: USAGE,
  async main(parameters) {
    const { stack: file, from, sameState, take, leave, out, removed, json, ...given } = argumentsOf(parameters);
    const stack = stackOf(jsonAt('stack', file), file);
    const named = { queues: given.queue, functions: given.function, tables: given.table };
    const asked = [
      ...named.queues.map((name) => ({ type: 'aws_sqs_queue', name })),
      ...named.functions.map((name) => ({ type: 'aws_lambda_function', name })),
      ...named.tables.map((name) => ({ type: 'aws_dynamodb_table', name })),
    ];
    if (!from && asked.length + stack.leaving.length === 0)
      throw new UsageError('nothing is named that is there: give --from, or --queue, --function or --table');
    const connection = { region: given.region ?? stack.region, endpoint: given.endpoint };
    const existing = [
      ...stack.leaving,
      ...(from ? resourcesIn(jsonAt('from', from), from, sameState ? 'same' : 'other') : []),
      ...(await resourcesOnAws(named, (name) => connectionTo(name, connection))),
    ];
    const answer = decide({ stack, existing, take, leave, asked });
    const blocks = blocksOf(answer);
    console.log(json ? JSON.stringify({ ...answer, blocks }) : say(answer));
    if (answer.refusals.length > 0) {
      process.exitCode = 1;
      return;
    }
    const sameConfiguration = answer.forgotten.every((each) => each.from === 'same');
    const write = (path: string | undefined, ...kinds: Parameters<typeof written>[1][number][]) => {
      if (!path || kinds.every((kind) => blocks[kind].length === 0)) return;
      writeFileSync(path, written(blocks, kinds, path), { flag: 'wx' });
      if (!json) console.log(`written: ${path}`);
    };
    write(out, 'import', 'moved', ...(sameConfiguration ? (['removed'] as const) : []));
    if (!sameConfiguration) write(removed, 'removed');
    if (!json && !out) console.log('nothing was written: --out FILE writes the blocks');
  },
};
