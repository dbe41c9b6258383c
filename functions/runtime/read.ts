import * as crypto from 'node:crypto';
import type { ConsumerContract, Envelope } from './contract';
import { shorten } from './failures';
import type { Message } from './message';
import { pathOf, type SchemaIssue, type SchemaResult } from './standard-schema';

/** A message that can be worked on, or what is wrong with it so that a person can mend it. */
export type Read<Value> =
  | { readonly value: Value; readonly id: string; readonly fingerprint: string }
  | { readonly malformed: Malformed };

export interface Malformed {
  /** A sentence that names the value and what is allowed. */
  readonly detail: string;
  /** Where in the message, for example `items.0.size`; empty for the whole. */
  readonly path: string;
  /** The business id, if the message got that far, with the fingerprint that it is written down with. */
  readonly known?: { readonly id: string; readonly fingerprint: string };
}

/** Bytes of a DynamoDB key are at most 2,048, and the ledger's has the scope as well. Source: DynamoDB guide, "Quotas". */
const MAXIMUM_ID = 512;
const MAXIMUM_DEPTH = 200;

/**
 * Reads a message, at once unless its schema takes time. Never throws: a malformed one is a case, not an exception.
 *
 * @param remembered false: nobody compares it with an earlier one, and its fingerprint is empty
 */
export function read<Value>(
  message: Message,
  contract: ConsumerContract<Value>,
  remembered = true,
): Read<Value> | Promise<Read<Value>> {
  let content: unknown;
  let print: string;
  try {
    content = open(message.body, contract.envelope ?? 'raw');
    if (isDeeper(content, MAXIMUM_DEPTH))
      throw new Error(`The message is nested more than ${MAXIMUM_DEPTH} levels deep.`);
    print = remembered ? fingerprint(contract.fingerprint ? contract.fingerprint(content) : content) : '';
  } catch (error) {
    return { malformed: { detail: shorten((error as Error).message), path: '' } };
  }
  let current: unknown;
  try {
    current = contract.upcast ? contract.upcast(content) : content;
  } catch (error) {
    return malformed(
      `An older version of the message can't be read: ${(error as Error).message}`,
      '',
      content,
      print,
      contract,
    );
  }
  const checked = (result: SchemaResult<Value>) => afterCheck(result, current, print, contract);
  const result = contract.message['~standard'].validate(current);
  return 'then' in result ? result.then(checked) : checked(result);
}

function afterCheck<Value>(
  result: SchemaResult<Value>,
  current: unknown,
  print: string,
  contract: ConsumerContract<Value>,
): Read<Value> {
  if (result.issues) {
    const issue: SchemaIssue = result.issues[0] ?? { message: 'The message is not valid' };
    const path = pathOf(issue);
    const detail =
      path.length > 0 ? `${path.join('.')} is ${show(at(current, path))}: ${issue.message}` : issue.message;
    return malformed(detail, path.join('.'), current, print, contract);
  }
  const id = identify(result.value, contract);
  if (id === undefined) {
    const where = typeof contract.id === 'string' ? contract.id : '';
    const detail = `The message has no id${where && ` at ${where}`}: a text of 1 to ${MAXIMUM_ID} characters, or a whole number.`;
    return { malformed: { detail, path: where } };
  }
  return { value: result.value, id, fingerprint: print };
}

/** The business id of what may not even be valid. @returns nothing if it has none that can be used */
export function identify<Value>(value: unknown, contract: Pick<ConsumerContract<Value>, 'id'>): string | undefined {
  try {
    const id: unknown =
      typeof contract.id === 'string' ? at(value, contract.id.split('.')) : contract.id(value as Value);
    if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
    return typeof id === 'string' && id.length > 0 && id.length <= MAXIMUM_ID ? id : undefined;
  } catch {
    return undefined;
  }
}

function malformed<Value>(
  detail: string,
  path: string,
  value: unknown,
  print: string,
  contract: ConsumerContract<Value>,
): Read<Value> {
  const id = identify(value, contract);
  return {
    malformed: { detail: shorten(detail), path: shorten(path), ...(id && { known: { id, fingerprint: print } }) },
  };
}

function open(body: string, envelope: Envelope): unknown {
  const content = parse(body, 'The body');
  if (envelope === 'raw') return content;
  if (typeof envelope === 'function') return envelope(content);
  const outer = (content !== null && typeof content === 'object' ? content : {}) as Record<string, unknown>;
  if (envelope === 'sns') {
    // Source: SNS guide, "Parsing Amazon SNS message formats".
    if (typeof outer.Message !== 'string')
      throw new Error('The body has no Message: it is not in the envelope of SNS.');
    return parse(outer.Message, 'The Message in the envelope of SNS');
  }
  // Source: EventBridge guide, "Events".
  if (outer.detail === undefined) throw new Error('The body has no detail: it is not an event of EventBridge.');
  return outer.detail;
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${what} is not JSON.`);
  }
}

/** What makes two messages the same: their content, in whatever order a sender's JSON library puts the fields. Taken before `upcast`, so that a deploy doesn't change it. */
export const fingerprint = (content: unknown): string => sha256(canonical(content));

/** At once where Node can: an object for each hash costs more than the hash. Source: Node, crypto.hash, since 20.12; the functions' own Node has it. */
const sha256: (text: string) => string = crypto.hash
  ? (text) => crypto.hash('sha256', text, 'base64url')
  : (text) => crypto.createHash('sha256').update(text).digest('base64url');

function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  let inner = '';
  if (Array.isArray(value)) {
    for (const one of value) inner += `${inner && ','}${canonical(one)}`;
    return `[${inner}]`;
  }
  for (const key of Object.keys(value).sort())
    inner += `${inner && ','}${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`;
  return `{${inner}}`;
}

/** True for what is nested more than `most` levels deep. Nobody who walks it goes deeper: a hundred thousand levels would overflow the stack. */
function isDeeper(value: unknown, most: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (most === 0) return true;
  for (const inner of Object.values(value)) if (isDeeper(inner, most - 1)) return true;
  return false;
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => {
    if (inner === null || typeof inner !== 'object' || !Object.hasOwn(inner, key)) return undefined;
    return (inner as Record<PropertyKey, unknown>)[key];
  }, value);

/** A value as an error message can show it. */
function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  if (typeof value === 'string' && value.length > 60) return `${JSON.stringify(value.slice(0, 60))}…`;
  return JSON.stringify(value);
}
