import { createHash } from 'node:crypto';
import type { ConsumerContract, Envelope } from './contract';
import { shorten } from './failures';
import type { Message } from './message';
import { pathOf, type SchemaIssue } from './standard-schema';

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

/** Reads a message. Never throws: a malformed one is a case, not an exception. */
export async function read<Value>(message: Message, contract: ConsumerContract<Value>): Promise<Read<Value>> {
  let content: unknown;
  let print: string;
  try {
    content = open(message.body, contract.envelope ?? 'raw');
    if (isDeeper(content, MAXIMUM_DEPTH))
      throw new Error(`The message is nested more than ${MAXIMUM_DEPTH} levels deep.`);
    print = fingerprint(contract.fingerprint ? contract.fingerprint(content) : content);
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
  const result = await contract.message['~standard'].validate(current);
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
export const fingerprint = (content: unknown): string =>
  createHash('sha256').update(canonical(content)).digest('base64url');

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/** True for what is nested more than `most` levels deep. Nobody who walks it goes deeper: a hundred thousand levels would overflow the stack. */
function isDeeper(value: unknown, most: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1));
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
