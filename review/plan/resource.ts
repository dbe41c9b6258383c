import { type Keep, keptAttributes } from '../resources';
import type { Action, Drift, Resource } from './model';
import { isUnchanged } from './unchanged';
import { type Attributes, hasMark, isRecord, withMarks } from './values';

type Json = Record<string, unknown>;

const NONE: readonly string[] = [];
const NO_SECRETS = { changedSecrets: NONE, unknownSecrets: NONE };

export function resourceOf(entry: Json, deferred: boolean, keep: Keep = keptAttributes): Resource {
  const change = entry.change as Json;
  const actions = Array.isArray(change.actions) ? change.actions.map(String) : [];
  const { address, module, type, name, index } = identity(entry);
  // Most of a plan is resources that stay as they are: one copy of those is enough.
  const same = actions[0] === 'no-op';
  const before = isUnchanged(change)
    ? (change.before as Attributes)
    : attributes(keep, type, change.before, undefined, change.before_sensitive);
  const { changedSecrets, unknownSecrets } = secretsOf(change);
  return {
    address,
    module,
    type,
    name,
    index,
    action: actionOf(actions),
    createFirst: actions.length === 2 && actions[0] === 'create',
    before,
    after: same ? before : attributes(keep, type, change.after, change.after_unknown, change.after_sensitive),
    replacePaths: Array.isArray(change.replace_paths) ? change.replace_paths.map(pathText) : NONE,
    reason: typeof entry.action_reason === 'string' ? entry.action_reason : undefined,
    previousAddress: typeof entry.previous_address === 'string' ? entry.previous_address : undefined,
    imported: isRecord(change.importing),
    deferred,
    changedSecrets,
    unknownSecrets,
  };
}

/** A resource that the state has and the changes don't mention (a plan with -target): it stays as it is. */
export function resourceFromState(entry: Json, keep: Keep = keptAttributes): Resource {
  const { address, module, type, name, index } = identity(entry);
  const values = attributes(keep, type, entry.values, undefined, entry.sensitive_values);
  return {
    address,
    module,
    type,
    name,
    index,
    action: 'nothing',
    createFirst: false,
    before: values,
    after: values,
    replacePaths: NONE,
    reason: undefined,
    previousAddress: undefined,
    imported: false,
    deferred: false,
    changedSecrets: NONE,
    unknownSecrets: NONE,
  };
}

export function driftOf(entry: unknown): Drift | undefined {
  if (!isRecord(entry) || !isRecord(entry.change) || entry.mode === 'data') return undefined;
  const { change } = entry;
  const actions = Array.isArray(change.actions) ? change.actions : [];
  if (actions[0] !== 'update' && actions[0] !== 'delete') return undefined;
  const type = String(entry.type);
  return {
    address: String(entry.address),
    type,
    kind: actions[0] === 'delete' ? 'destroy' : 'update',
    before: attributes(keptAttributes, type, change.before, undefined, change.before_sensitive),
    after: attributes(keptAttributes, type, change.after, change.after_unknown, change.after_sensitive),
  };
}

function identity(entry: Json) {
  const address = String(entry.address);
  const index = entry.index;
  return {
    address,
    module: typeof entry.module_address === 'string' ? entry.module_address : modulePart(address),
    type: String(entry.type),
    name: String(entry.name),
    index: typeof index === 'string' || typeof index === 'number' ? index : undefined,
  };
}

/** `module.a["x.y"].module.b` of `module.a["x.y"].module.b.aws_sqs_queue.q`: state entries carry no module_address. */
function modulePart(address: string): string {
  if (!address.startsWith('module.')) return '';
  return /^(?:module\.[^.[]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?\.)*/.exec(address)?.[0].replace(/\.$/, '') ?? '';
}

function actionOf(actions: readonly string[]): Action {
  if (actions.includes('create') && actions.includes('delete')) return 'replace';
  switch (actions[0]) {
    case 'create':
      return 'create';
    case 'update':
      return 'update';
    case 'delete':
      return 'destroy';
    case 'forget':
      return actions.includes('create') ? 'create' : 'forget';
    case 'read':
      return 'read';
    default:
      return actions.includes('create') ? 'create' : 'nothing';
  }
}

function attributes(keep: Keep, type: string, value: unknown, unknown: unknown, sensitive: unknown): Attributes | null {
  if (!isRecord(value)) return null;
  const kept = keep.of(type, value);
  if (!hasMark(unknown) && !hasMark(sensitive)) return kept as Attributes;
  const marks = isRecord(unknown) ? keep.of(type, unknown) : unknown;
  const secret = isRecord(sensitive) ? keep.of(type, sensitive) : sensitive;
  const marked = withMarks(kept, marks, secret);
  return isRecord(marked) ? (marked as Attributes) : {};
}

function secretsOf(change: Json): Pick<Resource, 'changedSecrets' | 'unknownSecrets'> {
  if (!hasMark(change.before_sensitive) && !hasMark(change.after_sensitive)) return NO_SECRETS;
  const before = isRecord(change.before) ? change.before : {};
  const after = isRecord(change.after) ? change.after : {};
  const marked = (marks: readonly unknown[], name: string) =>
    marks.some((mark) => mark === true || (isRecord(mark) && hasMark(mark[name])));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => marked([change.before_sensitive, change.after_sensitive], name))
    .sort();
  const unknown = (name: string) => marked([change.after_unknown], name);
  return {
    changedSecrets: names.filter(
      (name) => name in after && !unknown(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    ),
    unknownSecrets: names.filter(unknown),
  };
}

function pathText(path: unknown): string {
  return Array.isArray(path) ? path.map(String).join('.') : String(path);
}
