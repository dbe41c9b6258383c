// `npm run breaker`: how a circuit breaker stands, and holding it. A thin face of the breaker's hold function, which does and checks everything.
import { parseArgs } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { BreakerRecord } from '../functions/domain/breaker/state';

const USAGE = `npm run breaker -- status  --function NAME
npm run breaker -- hold DEPENDENCY --open|--closed --who NAME --why REASON --until TIME --function NAME
npm run breaker -- lift DEPENDENCY --who NAME --why REASON --function NAME

  --function   the breaker's hold function: <breaker>-hold; default: the environment variable BREAKER_HOLD_FUNCTION
  --until      ISO 8601 (2026-12-31T18:00:00Z), or from now: 30m, 2h; at most 168 h
  --open       nothing calls the dependency; --closed: everything does, whatever fails
Region and credentials are the AWS SDK's (AWS_PROFILE, AWS_REGION).`;

/** `30m` and `2h` from now; anything else is for the function to judge. */
function moment(until: string, now: number): string {
  const [, amount, unit] = until.match(/^(\d+)([mh])$/) ?? [];
  if (!amount) return until;
  return new Date(now + Number(amount) * (unit === 'h' ? 3_600_000 : 60_000)).toISOString();
}

/** What the hold function is asked. @throws with the usage when the command makes no sense */
export function requestOf(parameters: readonly string[], now: number): { request: object; functionName: string } {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: {
      open: { type: 'boolean', default: false },
      closed: { type: 'boolean', default: false },
      who: { type: 'string' },
      why: { type: 'string' },
      until: { type: 'string' },
      function: { type: 'string', default: process.env.BREAKER_HOLD_FUNCTION },
    },
  });
  const [command, dependency] = positionals;
  const { who, why, until, open, closed, function: functionName } = values;
  if (!functionName) throw new Error(`--function is missing\n\n${USAGE}`);
  if (command === 'status') return { request: {}, functionName };
  if (!dependency || !who || !why) throw new Error(`a dependency, --who and --why are needed\n\n${USAGE}`);
  if (command === 'lift') return { request: { dependency, lift: true, who, why }, functionName };
  if (command !== 'hold' || open === closed || !until)
    throw new Error(`hold takes --open or --closed, and --until\n\n${USAGE}`);
  const hold = open ? 'open' : 'closed';
  return { request: { dependency, hold, who, why, until: moment(until, now) }, functionName };
}

/** A line for people. */
export function line({ dependency, state, since, evidence, hold }: BreakerRecord): string {
  const held = hold
    ? `; held ${hold.kind} by ${hold.who} until ${new Date(hold.until).toISOString()}: ${hold.why}`
    : '';
  const began = since > 0 ? ` since ${new Date(since).toISOString()}` : '';
  return `${dependency}: ${state}${began} (${evidence})${held}`;
}

async function main(): Promise<void> {
  const { request, functionName } = requestOf(process.argv.slice(2), Date.now());
  const { Payload, FunctionError } = await new LambdaClient({}).send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  if (FunctionError) throw new Error(answer.errorMessage);
  for (const record of answer as BreakerRecord[]) console.log(line(record));
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
