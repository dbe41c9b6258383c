import type { Messaging } from '../../graph/messaging';
import { type Side, survives } from '../../graph/side';
import { list, plural } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isRecord } from '../../plan/values';
import type { Rule } from '../rule';

const GUARDS = ['Retry', 'Catch', 'TimeoutSeconds', 'HeartbeatSeconds'] as const;
type Guard = (typeof GUARDS)[number];

const SAYS: Readonly<Record<Guard, string>> = {
  Retry: 'a throttle or a moment of outage fails the execution',
  Catch: 'what failed is not compensated or reported',
  TimeoutSeconds: 'a task that never answers holds the execution for ever',
  HeartbeatSeconds: 'a worker that died is not noticed',
};

export const rule: Rule = {
  id: 'loss/error-handling-removed',
  severity: 'high',
  title: 'A state machine no longer deals with failures',
  *check({ graph }) {
    for (const machine of graph.ofType('aws_sfn_state_machine')) {
      const [before, after] = [statesOf(graph, machine, 'before'), statesOf(graph, machine, 'after')];
      if (!before || !after) continue;
      const lost = GUARDS.map((guard) => ({
        guard,
        states: [...before]
          .filter(([name, state]) => weight(state, guard) > 0 && after.has(name))
          .filter(([name, state]) => weight(after.get(name), guard) < weight(state, guard))
          .map(([name]) => name),
      })).filter(({ states }) => states.length > 0);
      if (lost.length === 0) continue;
      yield {
        resource: machine,
        before: lost.map(({ guard, states }) => `${guard} on ${named(states)}`).join(', '),
        after: lost.map(({ guard }) => `${guard} gone or weaker`).join(', '),
        why: `Without ${lost.length === 1 ? 'it' : 'them'} ${lost.map(({ guard }) => SAYS[guard]).join(', and ')}. An order can stop half-way: paid and not shipped.`,
        action: 'Keep it on every task that calls something; where it is moved, show the state that does it now.',
      };
    }
  },
};

/** How much of a guard a state has: the attempts of its retries, the errors that it catches. A time-out is there or not. */
function weight(state: unknown, guard: Guard): number {
  if (!isRecord(state)) return 0;
  if (guard === 'TimeoutSeconds' || guard === 'HeartbeatSeconds')
    return guard in state || `${guard}Path` in state ? 1 : 0;
  const rules = state[guard];
  if (!Array.isArray(rules)) return 0;
  // Amazon States Language: three attempts unless MaxAttempts says otherwise.
  return guard === 'Catch'
    ? rules.length
    : rules.reduce((sum: number, rule) => sum + (isRecord(rule) ? Number(rule.MaxAttempts ?? 3) : 0), 0);
}

/** All states by name, those inside Map and Parallel included; undefined when the definition can't be read. */
function statesOf(graph: Messaging, machine: Resource, side: Side): Map<string, unknown> | undefined {
  const definition = survives(machine) ? graph.document(machine, side, 'definition') : undefined;
  if (!isRecord(definition)) return undefined;
  const found = new Map<string, unknown>([['the machine itself', definition]]);
  collect(definition, found);
  return found;
}

function collect(part: Record<string, unknown>, found: Map<string, unknown>): void {
  if (isRecord(part.States)) {
    for (const [name, state] of Object.entries(part.States)) {
      found.set(name, state);
      if (isRecord(state)) collect(state, found);
    }
  }
  for (const inner of [part.Iterator, part.ItemProcessor, ...(Array.isArray(part.Branches) ? part.Branches : [])]) {
    if (isRecord(inner)) collect(inner, found);
  }
}

/** State names are the author's own words; many of them are only counted. */
const named = (states: readonly string[]): string =>
  states.length <= 5 ? list(states) : plural(states.length, 'state');
