/** One thing that a field may be. Source: EventBridge guide, "Comparison operators for use in event patterns". */
type Condition =
  | string
  | number
  | boolean
  | null
  | { readonly prefix: string | { readonly 'equals-ignore-case': string } }
  | { readonly suffix: string | { readonly 'equals-ignore-case': string } }
  | { readonly 'equals-ignore-case': string }
  | { readonly wildcard: string }
  | {
      readonly 'anything-but':
        | string
        | number
        | readonly (string | number)[]
        | { readonly [operator: string]: unknown };
    }
  | { readonly numeric: readonly (string | number)[] }
  | { readonly cidr: string }
  | { readonly exists: boolean };

/** Fields, as deep as they lie, and the values that pass, any of them; all fields must pass. `$or`: one of several patterns must. */
export type FieldPattern = { readonly [field: string]: readonly Condition[] | readonly FieldPattern[] | FieldPattern };

/** Which events of a bus a rule wants. Source: EventBridge guide, "Amazon EventBridge event patterns". */
export interface EventPattern {
  /** Who sent the event: `shop.orders`. Default: anybody. */
  readonly source?: readonly Condition[];
  /** What kind of event it is: `OrderPlaced`. Default: any. */
  readonly 'detail-type'?: readonly Condition[];
  /** What the event says. Default: anything. */
  readonly detail?: FieldPattern;
  /** The account that it comes from. Default: any. */
  readonly account?: readonly Condition[];
  /** The region that it comes from. Default: any. */
  readonly region?: readonly Condition[];
  /** ARNs that it is about. Default: any. */
  readonly resources?: readonly Condition[];
}

/** What EventBridge would refuse of it, or `undefined`. Source: EventBridge API, PutRule, EventPattern; the quota on it is 2,048 at first. */
export function patternProblem(pattern: EventPattern | undefined): string | undefined {
  if (!pattern) return undefined;
  const fields = Object.entries(pattern).filter(([, values]) => values !== undefined);
  if (fields.length === 0) return 'has no field; every event would match. Name at least the source';
  const empty = fields.find(([, values]) => Array.isArray(values) && values.length === 0);
  if (empty) return `has no value for ${empty[0]}; nothing would match`;
  const length = JSON.stringify(pattern).length;
  return length > 4096 ? `has ${length} characters; EventBridge takes at most 4,096` : undefined;
}
