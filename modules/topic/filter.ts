/** One thing that a value may be. Source: SNS guide, "Amazon SNS subscription filter policies". */
type Condition =
  | string
  | number
  | boolean
  | null
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly 'equals-ignore-case': string }
  | {
      readonly 'anything-but':
        | string
        | number
        | readonly (string | number)[]
        | { readonly prefix: string }
        | { readonly suffix: string };
    }
  | { readonly numeric: readonly (string | number)[] }
  | { readonly cidr: string }
  | { readonly exists: boolean };

/** Message attribute → the values that pass, any of them. All attributes must pass. */
export type AttributeFilter = Readonly<Record<string, readonly Condition[]>>;

/** The same for fields of a body that is JSON, as deep as they lie. */
export type BodyFilter = { readonly [field: string]: readonly Condition[] | BodyFilter };

/** What of a topic is delivered to a subscriber. */
export type Filter = { readonly attributes: AttributeFilter } | { readonly body: BodyFilter };

const isLeaf = (value: readonly Condition[] | BodyFilter): value is readonly Condition[] => Array.isArray(value);

/** Combinations, as SNS counts them: the values of each field, times how deep it lies, multiplied with those of the others. Source: below. */
function combinations(policy: BodyFilter, depth = 1): number {
  return Object.values(policy).reduce<number>(
    (product, value) => product * (isLeaf(value) ? value.length * depth : combinations(value, depth + 1)),
    1,
  );
}

const leaves = (policy: BodyFilter): (readonly Condition[])[] =>
  Object.values(policy).flatMap((value) => (isLeaf(value) ? [value] : leaves(value)));

/** What SNS would refuse of a filter, or `undefined`. Source: SNS guide, "Filter policy constraints". */
export function filterProblem(filter: Filter): string | undefined {
  const [scope, policy] =
    'body' in filter ? (['body', filter.body] as const) : (['attributes', filter.attributes] as const);
  const keys = Object.keys(policy).length;
  if (keys < 1 || keys > 5)
    return `has ${keys} ${scope === 'body' ? 'fields at the top' : 'attributes'}; SNS takes 1 to 5`;
  if (leaves(policy).some((values) => values.length === 0)) return 'has a field without values; nothing would pass it';
  const product = combinations(policy);
  if (product > 150) return `has ${product} combinations of values; SNS takes at most 150`;
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  if (bytes > 262_144) return `has ${bytes} bytes; SNS takes at most 262,144`;
  return undefined;
}

/** As a subscription is told. */
export const filterSettings = (filter: Filter) =>
  'body' in filter
    ? { filterPolicy: JSON.stringify(filter.body), filterPolicyScope: 'MessageBody' }
    : { filterPolicy: JSON.stringify(filter.attributes), filterPolicyScope: 'MessageAttributes' };
