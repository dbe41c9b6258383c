import { readFileSync } from 'node:fs';
import { CONNECTION, readArguments, UsageError } from '../../cli/night/command';
import { EXPERIMENTS, type Experiment, type Scripted } from './experiments';

export const USAGE = `npm run on-aws                                     lists the experiments of docs/on-aws.md
npm run on-aws -- EXPERIMENT [--outputs FILE]         shows what it would do; changes nothing
npm run on-aws -- EXPERIMENT [--outputs FILE] --yes   does it, compares, cleans up

  EXPERIMENT   its number
  --outputs    what "npx cdktf deploy 'dev-*' --outputs-file outputs.json" wrote; default: outputs.json
  --stack      the stack to try; default: the one in the file that has what the experiment needs
  --yes        does it
${CONNECTION}`;

export interface Request {
  readonly experiment: Experiment;
  readonly how: Scripted;
  readonly outputs: string;
  readonly stack?: string;
  readonly yes: boolean;
  readonly connection: { readonly region?: string; readonly endpoint?: string };
}

/** @returns nothing when the experiments are to be listed. @throws UsageError when the command makes no sense */
export function parseRequest(parameters: readonly string[]): Request | undefined {
  const { values, positionals } = readArguments(parameters, {
    outputs: { type: 'string', default: 'outputs.json' },
    stack: { type: 'string' },
    yes: { type: 'boolean', default: false },
  });
  const [wanted, more] = positionals;
  if (more !== undefined) throw new UsageError(`"${more}" is one word too many`);
  const { outputs, stack, yes, region, endpoint } = values;
  if (wanted === undefined) {
    if (yes) throw new UsageError('--yes takes the number of an experiment');
    return undefined;
  }
  const experiment = EXPERIMENTS.find(({ number }) => String(number) === wanted);
  if (!experiment) throw new UsageError(`"${wanted}" is no experiment; there are 1 to ${EXPERIMENTS.length}`);
  if ('byHand' in experiment.how) {
    throw new UsageError(`experiment ${wanted} is done by hand, as docs/on-aws.md says: ${experiment.how.byHand}`);
  }
  return { experiment, how: experiment.how, outputs, stack, yes, connection: { region, endpoint } };
}

export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What cdktf wrote. @throws when it isn't there, or isn't that */
export function readOutputs(file: string): Outputs {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`there is no ${file}; write it with: npx cdktf deploy 'dev-*' --outputs-file ${file}`);
  }
  try {
    const read: unknown = JSON.parse(text);
    if (read !== null && typeof read === 'object' && !Array.isArray(read)) return read as Outputs;
  } catch {
    // The same as any other file that isn't cdktf's.
  }
  throw new Error(`${file} is not what cdktf writes with --outputs-file`);
}

/**
 * The stack that an experiment can be made on. It breaks payment on purpose, so that it is never one of staging or prod.
 *
 * @throws when there is none, or more than one
 */
export function stackFor({ how, stack, experiment }: Pick<Request, 'how' | 'stack' | 'experiment'>, outputs: Outputs) {
  const missing = (name: string) => how.outputs.filter((output) => outputs[name]?.[output] === undefined);
  const known = Object.keys(outputs);
  if (stack !== undefined) {
    if (!known.includes(stack))
      throw new Error(`there is no stack ${stack} in the outputs; there are ${known.join(', ')}`);
    if (!/^(dev|local)-/.test(stack))
      throw new Error(`${stack} is neither of dev nor of local; experiments break things`);
    const lacks = missing(stack);
    if (lacks.length > 0)
      throw new Error(`${stack} has no output ${lacks.join(', ')}: experiment ${experiment.number} needs it`);
    return stack;
  }
  const fit = known.filter((name) => /^(dev|local)-/.test(name) && missing(name).length === 0);
  const [first, ...others] = preferred(fit);
  if (first === undefined) {
    throw new Error(
      `no stack of dev in the outputs has what experiment ${experiment.number} needs: ${how.outputs.join(', ')}`,
    );
  }
  if (others.length > 0) throw new Error(`${fit.join(' and ')} both fit: choose one with --stack`);
  return first;
}

/** The experiments speak of the shop where any would do. */
const preferred = (names: readonly string[]) => {
  const shop = names.filter((name) => name.endsWith('-shop'));
  return shop.length > 0 ? shop : names;
};

/** Every stack has its region in its name. */
export const regionOf = (stack: string): string | undefined => /^[a-z]+-([a-z]{2}(?:-[a-z]+)+-\d)-/.exec(stack)?.[1];
