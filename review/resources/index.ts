import { apiGateway } from './api-gateway';
import { awscc } from './awscc';
import { brokers } from './brokers';
import { compute } from './compute';
import { databases } from './databases';
import { DELETION_PROTECTION } from './deletion-protection';
import { eventbridge } from './eventbridge';
import { kinesis } from './kinesis';
import { lambda } from './lambda';
import { monitoring } from './monitoring';
import { network } from './network';
import { platform } from './platform';
import type { ResourceType } from './resource-type';

export { DELETION_PROTECTION } from './deletion-protection';
export type { Companion, Holder } from './resource-type';

import { security } from './security';
import { settings } from './settings';
import { sns } from './sns';
import { sqs } from './sqs';
import { stepFunctions } from './step-functions';
import { storage } from './storage';

const TYPES = {
  ...sqs,
  ...sns,
  ...lambda,
  ...eventbridge,
  ...apiGateway,
  ...kinesis,
  ...brokers,
  ...stepFunctions,
  ...storage,
  ...security,
  ...monitoring,
  ...network,
  ...compute,
  ...settings,
  ...databases,
  ...platform,
  ...awscc,
};

/** Kept of every type. */
const IDENTITY = ['arn', 'id', 'name', 'region', ...DELETION_PROTECTION] as const;

export type TypeName = keyof typeof TYPES;
type Attribute<T extends TypeName> = (typeof TYPES)[T]['attributes'][number] | (typeof IDENTITY)[number];
type Below<A extends string> = A | `${A}.${string}`;

/**
 * A path that can be read of resources of these types: an attribute that their table has, or something below one. An
 * attribute that is missing in the table does not compile.
 */
export type PathOf<T extends string> = string extends T
  ? Below<Attribute<TypeName>>
  : T extends TypeName
    ? Below<Attribute<T>>
    : never;

const known: ReadonlyMap<string, ResourceType> = new Map<string, ResourceType>(Object.entries(TYPES));

/** What is known of a type; undefined for one that the review does not know. That its own paths are among its attributes is a test. */
export const typeOf = (type: string): ResourceType | undefined => known.get(type);

/** The types of which one thing is known, with that. */
export function typesWith<K extends keyof ResourceType>(
  aspect: K,
): readonly (readonly [TypeName, NonNullable<ResourceType[K]>])[] {
  return [...known].flatMap(([type, about]) => {
    const value = about[aspect];
    return value === undefined ? [] : [[type as TypeName, value as NonNullable<ResourceType[K]>] as const];
  });
}

/** Attributes of types that are kept beyond the tables: what rules of one's own read. */
export type Reads = Readonly<Record<string, readonly string[]>>;

/** What is kept of a resource's attributes. */
export class Keep {
  private readonly names = new Map<string, readonly string[]>();

  constructor(private readonly more: Reads = {}) {}

  namesOf(type: string): readonly string[] {
    const known = this.names.get(type);
    if (known) return known;
    const names = [...new Set([...IDENTITY, ...(typeOf(type)?.attributes ?? []), ...(this.more[type] ?? [])])];
    this.names.set(type, names);
    return names;
  }

  of(type: string, attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const name of this.namesOf(type)) {
      const value = attributes[name];
      if (value !== undefined) values[name] = value;
    }
    return values;
  }
}

export const keptAttributes = new Keep();

/** Whether the attribute that a path begins with is kept. */
export function isKept(type: string, path: string, more: Reads = {}): boolean {
  const [attribute = ''] = path.split('.');
  return [IDENTITY, typeOf(type)?.attributes ?? [], more[type] ?? []].some((names: readonly string[]) =>
    names.includes(attribute),
  );
}

/** Any path of any type. */
export type AnyPath = PathOf<string>;

/** A type and a path of it, together: what tables of rules are made of. */
export type TypePath = { [T in TypeName]: { readonly type: T; readonly path: PathOf<T> } }[TypeName];
