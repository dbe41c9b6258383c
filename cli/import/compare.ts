import type { Pair, Resolver } from './resolve';
import { objectOf, parsed, type Values } from './resources';
import { functionNameOf, TYPES } from './types';

/** One attribute that a plan would set. */
export interface Change {
  /** Attribute, with that of its block behind a point. */
  readonly attribute: string;
  readonly is: unknown;
  /** `undefined`: known after apply, because what it refers to is made new. */
  readonly will: unknown;
  /** Terraform would destroy the resource and make another one. */
  readonly replaces: boolean;
}

export interface Compared {
  readonly changes: readonly Change[];
  /** What would replace if it changed, and comes from where only a plan can look. */
  readonly unclear: readonly string[];
}

/** What Terraform itself reads, and what says which code a function has: that it changes is said in one sentence. */
const ASIDE = new Set([
  ...['depends_on', 'lifecycle', 'provider', 'provisioner', 'connection', 'timeouts', 'count', 'for_each', '//'],
  ...[
    'filename',
    'source_code_hash',
    's3_bucket',
    's3_key',
    's3_object_version',
    'image_uri',
    'publish',
    'region',
    'tags_all',
  ],
]);
/** Maps that are set as a whole: what isn't named goes. */
const WHOLE = new Set(['tags', 'environment.variables']);

/** A function's variable may be a secret: that it changes is said, and no more. */
const shown = (attribute: string, value: unknown): unknown =>
  /^environment(\.|$)/.test(attribute) && !isEmpty(value) ? '(hidden)' : value;

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.values(value as object).every((each) => each === null));

/** A value in one form, whatever wrote it: lists of one and none, sets in any order, numbers as text. */
function canonical(value: unknown): string {
  const plain = parsed(value);
  if (Array.isArray(plain)) {
    if (plain.length === 1) return canonical(plain[0]);
    return `[${plain.map(canonical).sort().join()}]`;
  }
  if (isEmpty(plain)) return '';
  if (typeof plain !== 'object') return String(plain);
  const entries = Object.entries(plain as object).map(([key, each]): [string, string] => [key, canonical(each)]);
  return `{${entries
    .filter(([, text]) => text !== '')
    .map(([key, text]) => `${key}:${text}`)
    .sort()
    .join()}}`;
}

const isBlock = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const only = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** What changes when what is there becomes what the stack says. Compared is what both know. */
export function compare({ planned, existing }: Pair, resolver: Resolver): Compared {
  const { replacedBy = [], defaults = {} } = TYPES[planned.type] ?? {};
  const ignored = new Set(
    [objectOf(planned.values.lifecycle).ignore_changes].flat().map((name) => String(name).replace(/\W.*$/, '')),
  );
  const changes: Change[] = [];
  const unclear: string[] = [];

  const look = (attribute: string, set: unknown, is: unknown) => {
    const replaces = replacedBy.includes(attribute);
    const [block, before] = [only(set), only(is)];
    if (isBlock(block) && (isBlock(before) || isEmpty(before))) {
      const there = objectOf(before);
      const keys = new Set([...Object.keys(block as object), ...(WHOLE.has(attribute) ? Object.keys(there) : [])]);
      for (const key of keys) look(`${attribute}.${key}`, (block as Values)[key] ?? null, there[key] ?? null);
      return;
    }
    const resolved = resolver.resolve(set);
    if (resolved.kind === 'unclear') {
      if (replaces) unclear.push(attribute);
    } else if (resolved.kind === 'made') {
      changes.push({ attribute, is: shown(attribute, is), will: undefined, replaces });
    } else {
      const [ours, theirs] = [parsed(resolved.value), parsed(is)];
      // A policy is said as a whole, by its statements; of other JSON what differs.
      if (isBlock(ours) && isBlock(theirs) && !('Statement' in (ours as object))) {
        for (const key of Object.keys({ ...(theirs as object), ...(ours as object) }))
          look(`${attribute}.${key}`, (ours as Values)[key] ?? null, (theirs as Values)[key] ?? null);
        return;
      }
      const form = (value: unknown) =>
        attribute === 'function_name' ? functionNameOf(canonical(value)) : canonical(value);
      if (form(resolved.value) === form(is)) return;
      const will = shown(attribute, resolved.value ?? null);
      changes.push({ attribute, is: shown(attribute, is), will, replaces });
    }
  };

  for (const attribute of new Set([...Object.keys(planned.values), ...Object.keys(defaults)])) {
    if (ASIDE.has(attribute) || ignored.has(attribute) || ignored.has('all')) continue;
    const is = existing.values[attribute];
    // Not read, so nothing can be said about it.
    if (is === undefined) continue;
    look(attribute, planned.values[attribute] ?? defaults[attribute] ?? null, is);
  }
  return { changes, unclear };
}
