import type { Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isAbsent, isOpen, isRecord, numberOf, parseJson, type Value } from '../plan/values';

/** Whether something holds of a resource; undefined while the plan doesn't tell. */
export type Holds = (resource: Resource) => boolean | undefined;

/** Names of tests on one value, with what each takes. */
const VALUE_TESTS: Readonly<Record<string, { takes: string; of: (given: unknown) => ValueTest | undefined }>> = {
  equals: {
    takes: 'a text, number or boolean',
    of: (given) => (isPlain(given) ? (value) => same(value, given) : undefined),
  },
  not: {
    takes: 'a text, number or boolean',
    of: (given) => (isPlain(given) ? (value) => !same(value, given) : undefined),
  },
  in: {
    takes: 'a list of texts, numbers or booleans',
    of: (given) =>
      Array.isArray(given) && given.every(isPlain) ? (value) => given.some((each) => same(value, each)) : undefined,
  },
  matches: {
    takes: 'a regular expression',
    of: (given) => {
      const pattern = expressionOf(given);
      return pattern && ((value) => typeof value === 'string' && pattern.test(value));
    },
  },
  absent: { takes: 'true or false', of: (given) => onBoolean(given, (value) => isAbsent(value) && value !== false) },
  above: { takes: 'a number', of: (given) => onNumber(given, (value, limit) => value > limit) },
  atLeast: { takes: 'a number', of: (given) => onNumber(given, (value, limit) => value >= limit) },
  below: { takes: 'a number', of: (given) => onNumber(given, (value, limit) => value < limit) },
  atMost: { takes: 'a number', of: (given) => onNumber(given, (value, limit) => value <= limit) },
};
/** Names of tests on before and after together. */
const CHANGE_TESTS: Readonly<
  Record<string, (before: Value | undefined, after: Value | undefined) => boolean | undefined>
> = {
  changes: (before, after) => certainlyDiffers(before, after),
  rises: (before, after) => compared(before, after, (a, b) => b > a),
  falls: (before, after) => compared(before, after, (a, b) => b < a),
};

type ValueTest = (value: Value | undefined) => boolean | undefined;
const isPlain = (given: unknown): given is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof given);
/** Providers write numbers and booleans as text in places. */
const same = (value: unknown, given: string | number | boolean) => isPlain(value) && String(value) === String(given);
const onNumber = (given: unknown, holds: (value: number, limit: number) => boolean): ValueTest | undefined =>
  typeof given === 'number' ? (value) => onlyNumber(value, (number) => holds(number, given)) : undefined;
const onlyNumber = (value: Value | undefined, holds: (number: number) => boolean) => {
  const number = numberOf(value);
  return number !== undefined && holds(number);
};
const onBoolean = (given: unknown, holds: (value: Value | undefined) => boolean): ValueTest | undefined =>
  typeof given === 'boolean' ? (value) => holds(value) === given : undefined;
const compared = (before: Value | undefined, after: Value | undefined, holds: (a: number, b: number) => boolean) => {
  const [a, b] = [numberOf(before), numberOf(after)];
  return a !== undefined && b !== undefined && holds(a, b);
};

function expressionOf(given: unknown): RegExp | undefined {
  try {
    return typeof given === 'string' ? new RegExp(given) : undefined;
  } catch {
    return undefined;
  }
}

/** A condition of a rule as data, ready to be asked, and the paths that it reads. Throws with the place and what is allowed there. */
export function conditionOf(when: unknown, place = 'when'): { holds: Holds; paths: readonly string[] } {
  if (!isRecord(when) || Object.keys(when).length === 0)
    throw new Error(`${place} is an object of PATH: TEST, and of "any" or "none" with a list of such objects`);
  const parts = Object.entries(when).map(([key, given]) => {
    if (key !== 'any' && key !== 'none') return pathCondition(key, given, `${place}.${key}`);
    if (!Array.isArray(given) || given.length === 0) throw new Error(`${place}.${key} is a list of conditions`);
    const inner = given.map((each, index) => conditionOf(each, `${place}.${key}[${index}]`));
    const any: Holds = (resource) => either(inner.map(({ holds }) => holds(resource)));
    const holds: Holds = key === 'any' ? any : (resource) => negated(any(resource));
    return { holds, paths: inner.flatMap(({ paths }) => paths) };
  });
  return {
    holds: (resource) => negated(either(parts.map(({ holds }) => negated(holds(resource))))),
    paths: parts.flatMap(({ paths }) => paths),
  };
}

const negated = (holds: boolean | undefined) => (holds === undefined ? undefined : !holds);
const either = (all: readonly (boolean | undefined)[]) =>
  all.includes(true) ? true : all.includes(undefined) ? undefined : false;

function pathCondition(key: string, given: unknown, place: string): { holds: Holds; paths: readonly string[] } {
  const [, said, path = ''] = /^(?:(before|after)\.)?(.*)$/.exec(key) ?? [];
  const side = said as Side | undefined;
  if (path === '') throw new Error(`${place} names no attribute`);
  const tests = isPlain(given) ? { equals: given } : given;
  if (!isRecord(tests) || Object.keys(tests).length === 0)
    throw new Error(`${place} takes a text, a number, a boolean or an object of tests: ${allowed(side)}`);
  const parts = Object.entries(tests).map(([name, taken]): Holds => {
    const change = CHANGE_TESTS[name];
    if (change && side === undefined) {
      if (taken !== true) throw new Error(`${place}.${name} takes true`);
      return (resource) => {
        const before = valueIn(resource, 'before', path);
        const after = valueIn(resource, 'after', path);
        if (resource.action !== 'update' && resource.action !== 'replace') return false;
        return isOpen(before) || isOpen(after) ? undefined : change(before, after);
      };
    }
    const test = VALUE_TESTS[name];
    if (!test) throw new Error(`${place}.${name} is no test here; there are ${allowed(side)}`);
    const asks = test.of(taken);
    if (!asks) throw new Error(`${place}.${name} takes ${test.takes}, not ${JSON.stringify(taken)}`);
    return (resource) => {
      const value = valueIn(resource, side ?? ownSide(resource), path);
      return isOpen(value) ? undefined : asks(value);
    };
  });
  return { holds: (resource) => negated(either(parts.map((holds) => negated(holds(resource))))), paths: [path] };
}

const allowed = (side: Side | undefined) =>
  [...Object.keys(VALUE_TESTS), ...(side === undefined ? Object.keys(CHANGE_TESTS) : [])].join(', ');

/** What it will be; of what goes, what it was. */
const ownSide = (resource: Resource): Side => (resource.after === null ? 'before' : 'after');

/** The value at a path, also inside an attribute that is a JSON document: `redrive_policy.maxReceiveCount`. */
export function valueIn(resource: Resource, side: Side, path: string): Value | undefined {
  let value: Value | undefined = (resource[side] as Value | null) ?? undefined;
  for (const step of path.split('.')) {
    if (isOpen(value)) return value;
    if (typeof value === 'string') value = parseJson(value) as Value | undefined;
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isRecord(value)) value = (value as Record<string, Value>)[step];
    else return undefined;
  }
  return value;
}
