import type { Existing, Planned } from './resources';
import { functionNameOf, TYPES } from './types';

export interface Pair {
  readonly planned: Planned;
  readonly existing: Existing;
}

/** What a value of the configuration will be. */
export type Resolved =
  | { readonly kind: 'known'; readonly value: unknown }
  /** Only after apply: it is an attribute of this resource, which is made new. */
  | { readonly kind: 'made'; readonly address: string }
  /** It comes from a variable, a function or a data source: the plan says it. */
  | { readonly kind: 'unclear' };

const WHOLE = /^\$\{([^{}]+)\}$/;
const REFERENCE = /\$\{([^{}]+)\}/g;
const ATTRIBUTE = /^((?:module\.[^.]+\.)*[a-z]\w*\.[\w-]+(?:\[[^\]]+\])?)\.(\w+)$/;

/** Looks values up: what the configuration says of the resource that is referred to, or what is there in its place. */
export class Resolver {
  private readonly planned: ReadonlyMap<string, Planned>;
  private readonly existing = new Map<string, Existing>();

  constructor(planned: readonly Planned[]) {
    this.planned = new Map(planned.map((each) => [each.address, each]));
  }

  pair({ planned, existing }: Pair): void {
    this.existing.set(planned.address, existing);
  }

  /** The resource that a value refers to, and nothing beside. */
  referred(value: unknown): Planned | undefined {
    const [, inner = ''] = WHOLE.exec(String(value)) ?? [];
    return this.planned.get(ATTRIBUTE.exec(inner)?.[1] ?? '');
  }

  /** Text may have references in it, and a list such text. */
  resolve(value: unknown): Resolved {
    if (Array.isArray(value)) {
      const each = value.map((one) => this.resolve(one));
      return each.find(({ kind }) => kind !== 'known') ?? { kind: 'known', value: each.map(known) };
    }
    if (typeof value !== 'string') return { kind: 'known', value };
    const whole = WHOLE.exec(value)?.[1];
    if (whole) return this.attribute(whole);
    const parts = [...value.matchAll(REFERENCE)].map(([, inner = '']) => this.attribute(inner));
    const unknown = parts.find(({ kind }) => kind !== 'known');
    if (unknown) return unknown;
    let next = 0;
    const text = value.replaceAll(REFERENCE, () => {
      const part = parts[next++];
      return part?.kind === 'known' ? String(part.value) : '';
    });
    return text.includes('${') ? { kind: 'unclear' } : { kind: 'known', value: text };
  }

  private attribute(expression: string): Resolved {
    const [, address = '', attribute = ''] = ATTRIBUTE.exec(expression) ?? [];
    const planned = this.planned.get(address);
    if (!planned) return { kind: 'unclear' };
    if (planned.values[attribute] !== undefined) return this.resolve(planned.values[attribute]);
    const value = this.existing.get(address)?.values[attribute];
    if (value !== undefined && value !== null) return { kind: 'known', value };
    return this.existing.has(address) ? { kind: 'unclear' } : { kind: 'made', address };
  }
}

/** What tells a resource of a type from others, as text; unknown where a part of it is. */
export function identityOf(type: string, attributes: readonly string[], read: (attribute: string) => unknown) {
  const parts = attributes.map((attribute) => {
    const value = read(attribute);
    if (typeof value !== 'string' || value === '') return undefined;
    return attribute === 'function_name' ? functionNameOf(value) : value;
  });
  return parts.includes(undefined) ? undefined : JSON.stringify([type, attributes, parts]);
}

export const known = (resolved: Resolved): unknown => (resolved.kind === 'known' ? resolved.value : undefined);

export const nounOf = (type: string): string => TYPES[type]?.noun ?? type;
