/** Attributes as Terraform names them. */
export type Values = Readonly<Record<string, unknown>>;

/** What is there already: in a state, or on AWS. */
export interface Existing {
  readonly type: string;
  /** Its address in the state that it was found in; of what was found on AWS, what AWS calls it. */
  readonly name: string;
  /** As far as they are known. */
  readonly values: Values;
  /** `aws`: nobody's so far. `other`: of another state, which has to forget it. `same`: of the state that the stack has. */
  readonly from: 'aws' | 'other' | 'same';
}

/** What a stack says that there should be. */
export interface Planned {
  readonly type: string;
  /** In the stack's configuration. */
  readonly address: string;
  /** Of the construct, below the stack; a module of plain Terraform has none. */
  readonly path?: string;
  /** As they are set; a value may refer to other resources by `${<address>.<attribute>}`. */
  readonly values: Values;
}

/** The whole of it. */
export interface Stack {
  readonly planned: readonly Planned[];
  /** Region of its provider, where it has one. */
  readonly region?: string;
  /** What a plan would take out of its state: that of plain Terraform, whose plan says it. */
  readonly leaving: readonly Existing[];
}

/** An object of JSON, or `{}`. */
export const objectOf = (value: unknown): Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** JSON in a text, or whatever it is else. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
