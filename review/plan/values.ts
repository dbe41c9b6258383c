/** A value that Terraform will know only after the apply: not a removal, and never to be read as one. */
export const UNKNOWN: unique symbol = Symbol('known after apply');
/** A value that somebody marked sensitive. The value itself is dropped while the plan is read, so nothing can print it. */
export const SENSITIVE: unique symbol = Symbol('sensitive');

export type Value =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | typeof SENSITIVE
  | Value[]
  | { [name: string]: Value };
export type Attributes = { [name: string]: Value };

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays the plan's marks over a value: `true` in a mark covers everything below it. */
export function withMarks(value: unknown, unknown: unknown, sensitive: unknown): Value {
  if (sensitive === true) return SENSITIVE;
  if (unknown === true) return UNKNOWN;
  if (!hasMark(unknown) && !hasMark(sensitive)) return (value ?? null) as Value;
  if (Array.isArray(value) || (value === undefined && Array.isArray(unknown))) {
    const items = Array.isArray(value) ? value : [];
    const length = Math.max(items.length, Array.isArray(unknown) ? unknown.length : 0);
    return Array.from({ length }, (_, index) => withMarks(items[index], at(unknown, index), at(sensitive, index)));
  }
  if (isRecord(value) || (value === undefined && isRecord(unknown))) {
    const fields = isRecord(value) ? value : {};
    const names = new Set([...Object.keys(fields), ...(isRecord(unknown) ? Object.keys(unknown) : [])]);
    const marked: Attributes = {};
    for (const name of names) {
      if (!(name in fields) && !hasMark(at(unknown, name))) continue;
      marked[name] = withMarks(fields[name], at(unknown, name), at(sensitive, name));
    }
    return marked;
  }
  return (value ?? null) as Value;
}

/** Whether a mark says `true` anywhere: plans carry `{}` and `[{}]` for "nothing here". */
export function hasMark(mark: unknown): boolean {
  if (mark === true) return true;
  if (Array.isArray(mark)) return mark.some(hasMark);
  return isRecord(mark) && Object.values(mark).some(hasMark);
}

function at(mark: unknown, key: string | number): unknown {
  if (mark === true) return true;
  if (Array.isArray(mark)) return mark[key as number];
  return isRecord(mark) ? mark[key] : undefined;
}

/** The value at a path like `scaling_config.0.maximum_concurrency`; UNKNOWN or SENSITIVE on the way is the answer. */
export function valueAt(attributes: Attributes | null, path: string): Value | undefined {
  if (attributes === null) return undefined;
  const steps = stepsOf(path);
  let value: Value | undefined = attributes[steps[0]];
  for (let depth = 1; depth < steps.length; depth++) {
    if (value === UNKNOWN || value === SENSITIVE) return value;
    const step = steps[depth] as string;
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isRecord(value)) value = (value as Attributes)[step];
    else return undefined;
  }
  return value;
}

type Steps = readonly [attribute: string, ...below: string[]];
const known = new Map<string, Steps>();

/** The steps of a path, split once: a rule reads the same few paths of every resource of a plan. */
export function stepsOf(path: string): Steps {
  const found = known.get(path);
  if (found) return found;
  const steps = path.split('.') as [string, ...string[]];
  known.set(path, steps);
  return steps;
}

/** Providers show "not set" as null, an empty string, an empty list or an empty block. */
export function isAbsent(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Reflect.ownKeys(value).length === 0;
}

export const isOpen = (value: Value | undefined): boolean => value === UNKNOWN || value === SENSITIVE;
/** Something in it is not known, or not to be known. */
export function hasOpen(value: Value | undefined): boolean {
  if (isOpen(value)) return true;
  return Array.isArray(value)
    ? value.some(hasOpen)
    : isRecord(value) && Object.values(value as Attributes).some(hasOpen);
}
export const textOf = (value: Value | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Providers write numbers as text in places (`"60"`), and booleans too. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
export function booleanOf(value: Value | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}
export const listOf = (value: Value | undefined): Value[] =>
  Array.isArray(value) ? value : isRecord(value) ? [value as Value] : [];

/** Equal as far as anyone can tell: an unknown side is not a difference. */
export function certainlyDiffers(left: Value | undefined, right: Value | undefined): boolean {
  if (isOpen(left) || isOpen(right)) return false;
  if (isAbsent(left) && isAbsent(right)) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length !== right.length || left.some((item, index) => certainlyDiffers(item, right[index]));
  }
  if (isRecord(left) && isRecord(right)) {
    const [a, b] = [left as Attributes, right as Attributes];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].some((name) => certainlyDiffers(a[name], b[name]));
  }
  return left !== right;
}

export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
