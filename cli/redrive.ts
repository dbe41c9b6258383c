// `spillway redrive`: asks a queue's redrive function to release what is parked, or what it would do and why. A thin face of the function, which decides everything.
import { setTimeout as wait } from 'node:timers/promises';
import type { RedriveReport, RedriveRequest } from '../functions/operations/redrive/contract';
import { CONNECTION, type Command, readArguments, UsageError } from './night/command';
import { invoke } from './night/invoke';
import { printable } from './night/printable';

const USAGE = `spillway redrive --function NAME [--dry-run] [--watch] [--rate N]

  --function   the redrive function: the stack's output redrive_function_name, or its ARN; default: the environment variable REDRIVE_FUNCTION
  --dry-run    changes nothing; says what it would do, and why
  --watch      tells how it gets on until the release has ended, every five seconds
  --rate       messages a second, 1 to 500, for this release only
  --json       prints each report as a line of JSON
${CONNECTION}`;

/** @throws UsageError when the command makes no sense */
export function requestOf(parameters: readonly string[]) {
  const { values, positionals } = readArguments(parameters, {
    'dry-run': { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    rate: { type: 'string' },
    function: { type: 'string', default: process.env.REDRIVE_FUNCTION },
  });
  const { function: functionName, region, endpoint, watch, json, 'dry-run': dryRun } = values;
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is one word too many`);
  if (!functionName) throw new UsageError('--function is missing');
  if (dryRun && watch) throw new UsageError('--dry-run changes nothing, so there is nothing to --watch');
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (rate !== undefined && !(Number.isInteger(rate) && rate >= 1 && rate <= 500)) {
    throw new UsageError(`--rate is "${values.rate}"; it takes whole messages a second, 1 to 500`);
  }
  const request: RedriveRequest = { operation: 'redrive', dryRun, ...(rate !== undefined && { rate }) };
  return { request, watch, json, functionName, connection: { region, endpoint } };
}

const DONE: Readonly<Record<RedriveReport['action'], string>> = {
  start: 'released: the move has begun',
  continue: 'goes on',
  cancel: 'stopped',
  hold: 'held back',
  idle: 'nothing to do',
};
const WOULD: typeof DONE = {
  start: 'would release',
  continue: 'would let it go on',
  cancel: 'would stop',
  hold: 'would hold back',
  idle: 'nothing to do',
};

/** What the function decided, and why, for people. */
export function say({ action, reason, dryRun, parked, canary, move, problem }: RedriveReport): string {
  const lines = [
    `${(dryRun ? WOULD : DONE)[action]}: ${reason}`,
    `  parked: about ${parked}`,
    ...(canary ? [`  canary: ${canary.green ? 'green' : 'red'} after ${canary.sent}: ${canary.detail}`] : []),
    ...(move ? [`  move: ${move.moved} of ${move.toMove} moved, at most ${move.rate} a second`] : []),
    ...(problem ? [`  on our own side: ${problem}`] : []),
  ];
  return lines.map(printable).join('\n');
}

/** Asks again until the release has ended. Nothing depends on it: the function has a run of its own stay with the move. */
export async function watchRelease(
  ask: () => Promise<RedriveReport>,
  watch: boolean,
  print: (report: RedriveReport) => void,
  pause: () => Promise<void> = () => wait(5000),
): Promise<void> {
  for (;;) {
    const report = await ask();
    print(report);
    if (!watch || (report.action !== 'start' && report.action !== 'continue')) return;
    await pause();
  }
}

export const redrive: Command = {
  usage: USAGE,
  async main(args) {
    const { request, watch, json, functionName, connection } = requestOf(args);
    const ask = async () => {
      const report = (await invoke(functionName, request, connection)) as RedriveReport | null;
      if (report && report.action in DONE) return report;
      throw new Error(`${functionName} is not a redrive function: it answered something else`);
    };
    await watchRelease(ask, watch, (report) => console.log(json ? JSON.stringify(report) : say(report)));
  },
};
