/**
 * A create plan without a provider: what `terraform plan` would show for a synthesized stack made from nothing. It knows
 * no provider schema, so defaults that a provider fills in are missing, attributes that AWS computes are simply not there
 * instead of unknown, and nothing is validated. Whatever holds a reference is unknown, as in a real plan.
 */
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Fields = { [name: string]: Json };

const REFERENCE = /\$\{([^}]+)\}/g;
/** What never reaches a resource's attributes. */
const META = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'provisioner', 'connection', 'count', 'for_each']);

export function createPlan(stack: {
  resource?: Record<string, Record<string, Fields>>;
  provider?: { aws?: Fields[] };
}): { resource_changes: { type: string }[]; [member: string]: unknown } {
  const resources = Object.entries(stack.resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named).map(([name, fields]) => ({ type, name, fields: own(fields) })),
  );
  return {
    format_version: '1.2',
    terraform_version: 'none: made by a test from the synthesized stack',
    resource_changes: resources.map(({ type, name, fields }) => {
      const [after, unknown] = split(fields);
      return {
        address: `${type}.${name}`,
        mode: 'managed',
        type,
        name,
        change: {
          actions: ['create'],
          before: null,
          after,
          after_unknown: { ...(unknown as Fields), arn: true, id: true, url: true },
        },
      };
    }),
    configuration: {
      provider_config: {
        aws: { name: 'aws', expressions: { region: { constant_value: stack.provider?.aws?.[0]?.region } } },
      },
      root_module: {
        resources: resources.map(({ type, name, fields }) => ({
          address: `${type}.${name}`,
          mode: 'managed',
          type,
          name,
          expressions: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, expression(value)])),
        })),
      },
    },
  };
}

const own = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([name]) => !META.has(name)));

/** A value and its unknown marks. Blocks are lists in plans, also where the synthesized JSON has one object. */
function split(value: Json): [Json, Json] {
  if (typeof value === 'string') return REFERENCE.test(reset(value)) ? [null, true] : [value, false];
  if (Array.isArray(value)) {
    const parts = value.map(split);
    return [parts.map(([known]) => known), parts.map(([, mark]) => mark)];
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([name, field]) => {
      const block = typeof field === 'object' && field !== null && !Array.isArray(field) && !MAPS.has(name);
      return [name, split(block ? [field] : field)] as const;
    });
    const known = parts.filter(([, [, mark]]) => mark !== true).map(([name, [part]]) => [name, part]);
    return [Object.fromEntries(known), Object.fromEntries(parts.map(([name, [, mark]]) => [name, mark]))];
  }
  return [value, false];
}

/** Maps, not blocks: they stay objects. */
const MAPS = new Set(['tags', 'variables', 'dimensions', 'condition']);

function expression(value: Json): Json {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null))
    return value.map((item) => blockOf(item));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [blockOf(value)];
  const references = [...JSON.stringify(value).matchAll(REFERENCE)].flatMap(([, path = '']) => [
    path,
    path.split('.').slice(0, 2).join('.'),
  ]);
  return references.length > 0 ? { constant_value: value, references } : { constant_value: value };
}

const blockOf = (value: Json): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, expression(field)]))
    : expression(value);

/** A global expression remembers where it was. */
function reset(value: string): string {
  REFERENCE.lastIndex = 0;
  return value;
}
