// `spillway breaker`: how a circuit breaker stands, and holding it. A thin face of the breaker's hold function, which does and checks everything.
import type { BreakerRequest } from '../functions/operations/circuit-breaker/hold/contract';
import type { BreakerRecord } from '../functions/runtime/breaker/state';
import { CONNECTION, type Command, readArguments, UsageError } from './night/command';
import type { Connection } from './night/connection';
import { invoke } from './night/invoke';
import { printable } from './night/printable';

const USAGE = `spillway breaker status  --function NAME
spillway breaker hold DEPENDENCY --open|--closed --who NAME --why REASON --until TIME [--replace] --function NAME
spillway breaker lift DEPENDENCY --who NAME --why REASON --function NAME

  --function   the breaker's hold function: the stack's output breaker_hold_function_name, or its ARN; default: the environment variable BREAKER_HOLD_FUNCTION
  --until      from now: 30m, 2h; or ISO 8601: 2026-12-31T18:00:00Z; at most 168 h ahead
  --open       nothing calls the dependency; --closed: everything does, whatever fails
  --replace    takes the place of a hold that is in force; without it that one stands
  --json       prints the breakers as JSON
${CONNECTION}`;

/** @throws UsageError for what is neither a time from now nor ISO 8601 with its zone; how far ahead is for the function to judge */
function moment(until: string, now: number): string {
  const [, amount, unit] = until.match(/^(\d+)([mh])$/) ?? [];
  if (amount) return new Date(now + Number(amount) * (unit === 'h' ? 3_600_000 : 60_000)).toISOString();
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(until) && !Number.isNaN(Date.parse(until))) return until;
  throw new UsageError(
    `--until is "${until}"; it takes minutes or hours from now (30m, 2h) or a time with its zone (2026-12-31T18:00:00Z)`,
  );
}

/** What the hold function is asked. @throws UsageError when the command makes no sense */
export function requestOf(
  parameters: readonly string[],
  now: number,
): {
  readonly request: BreakerRequest;
  readonly functionName: string;
  readonly json: boolean;
  readonly connection: Pick<Connection, 'region' | 'endpoint'>;
} {
  const { values, positionals } = readArguments(parameters, {
    open: { type: 'boolean', default: false },
    closed: { type: 'boolean', default: false },
    who: { type: 'string' },
    why: { type: 'string' },
    until: { type: 'string' },
    replace: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    function: { type: 'string', default: process.env.BREAKER_HOLD_FUNCTION },
  });
  const [command, dependency, ...more] = positionals;
  const { who, why, until, open, closed, replace, json, function: functionName, region, endpoint } = values;
  const refuse = (what: string): never => {
    throw new UsageError(what);
  };
  const connection = { region, endpoint };
  if (command === undefined) return refuse('a command is missing: status, hold or lift');
  if (!['status', 'hold', 'lift'].includes(command)) {
    return refuse(`"${command}" is no command; there are status, hold and lift`);
  }
  if (more.length > 0) return refuse(`"${more[0]}" is one word too many; quote what has spaces in it`);
  if (!functionName) return refuse('--function is missing');
  if (command === 'status') return { request: { operation: 'breaker-status' }, functionName, json, connection };
  if (!dependency) return refuse(`${command} takes the name of a dependency`);
  if (!who || !why) return refuse(`${command} takes --who and --why, for whoever finds it at night`);
  const person = { dependency, who, why };
  if (command === 'lift') return { request: { operation: 'breaker-lift', ...person }, functionName, json, connection };
  if (open === closed) return refuse('hold takes either --open or --closed');
  if (!until) return refuse('hold takes --until: when it ends by itself');
  const hold = open ? 'open' : 'closed';
  const request = { operation: 'breaker-hold' as const, ...person, hold, until: moment(until, now) } as const;
  return { request: { ...request, ...(replace && { replace }) }, functionName, json, connection };
}

/** A line for people. */
export function line({ dependency, state, since, evidence, hold }: BreakerRecord): string {
  const held = hold
    ? `; held ${hold.kind} by ${hold.who} until ${new Date(hold.until).toISOString()}: ${hold.why}`
    : '';
  const began = since > 0 ? ` since ${new Date(since).toISOString()}` : '';
  return printable(`${dependency}: ${state}${began} (${evidence})${held}`);
}

export const breaker: Command = {
  usage: USAGE,
  async main(args) {
    const { request, functionName, json, connection } = requestOf(args, Date.now());
    const records = await invoke(functionName, request, connection);
    if (!Array.isArray(records))
      throw new Error(`${functionName} is not a breaker's hold function: it answered something else`);
    if (json) return console.log(JSON.stringify(records));
    for (const record of records as BreakerRecord[]) console.log(line(record));
  },
};
