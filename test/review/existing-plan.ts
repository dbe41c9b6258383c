import type { Json } from './changed-plans';

type Attributes = Record<string, unknown>;

/** Services whose name in an ARN isn't that in the type. */
const SERVICES: Readonly<Record<string, string>> = {
  cloudwatch: 'events',
  lambda_event: 'lambda',
  msk: 'kafka',
};
const PLACE = 'eu-central-1:111122223333';

/** What a person does to a resource: other attributes, nothing (it goes), or the same again in a new one. */
export type Change = (attributes: Attributes) => Attributes | null | 'replace';

/**
 * A plan of a synthesized stack that exists as it is, but for what somebody does to some of its resources: by the end of their address. References are resolved, to ARNs that are made up.
 */
export function existingPlan(
  stack: { resource?: Record<string, Record<string, Attributes>> },
  changes: Readonly<Record<string, Change>>,
): Json {
  const resources = Object.entries(stack.resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named).map(([name, given]) => ({ type, name, given, address: `${type}.${name}` })),
  );
  const known = new Map(resources.map(({ type, name, given }) => [`${type}.${name}`, identity(type, name, given)]));
  const done = new Set<string>();
  const all = resources.map(({ type, name, given, address }) => {
    const before = {
      ...known.get(address),
      ...PROVIDER_DEFAULTS[type],
      ...(resolved(own(given), known) as Attributes),
    };
    const [key, change] = Object.entries(changes).find(([end]) => address.includes(end)) ?? [];
    if (key) done.add(key);
    const after = change ? change(structuredClone(before)) : before;
    const actions =
      after === null ? ['delete'] : after === 'replace' ? ['delete', 'create'] : change ? ['update'] : ['no-op'];
    return {
      ...{ address, mode: 'managed', type, name },
      expressions: Object.fromEntries(Object.entries(own(given)).map(([field, value]) => [field, expression(value)])),
      change: { actions, before, after: after === 'replace' ? before : after, after_unknown: {} },
    };
  });
  const missed = Object.keys(changes).filter((key) => !done.has(key));
  if (missed.length > 0) throw new Error(`nothing is at ${missed}; there are\n${[...known.keys()].join('\n')}`);
  return {
    format_version: '1.2',
    terraform_version: 'none: made by a test from a synthesized stack',
    resource_changes: all.map(({ expressions: _, ...one }) => one),
    configuration: {
      provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-central-1' } } } },
      root_module: {
        resources: all
          .filter(({ change }) => change.after !== null)
          .map(({ change: _, ...one }) => ({ ...one, provider_config_key: 'aws' })),
      },
    },
  };
}

/** What the provider fills in, as far as something here depends on it. */
const PROVIDER_DEFAULTS: Readonly<Record<string, Attributes>> = { aws_pipes_pipe: { desired_state: 'RUNNING' } };

const META = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'provisioner', 'connection', 'count', 'for_each']);
const own = (given: Attributes) => Object.fromEntries(Object.entries(given).filter(([name]) => !META.has(name)));

function identity(type: string, id: string, given: Attributes): Attributes {
  const [, service = ''] = /^aws_([a-z]+)/.exec(type) ?? [];
  const { name = given.function_name ?? given.cluster_name ?? given.alarm_name ?? id } = given;
  const kind = type.replace(/^aws_/, '').split('_').at(-1);
  const arn = `arn:aws:${SERVICES[service] ?? service}:${PLACE}:${service === 'sqs' || service === 'sns' ? '' : `${kind}/`}${name}`;
  return {
    id: arn,
    arn,
    name,
    url: `https://sqs.eu-central-1.amazonaws.com/111122223333/${name}`,
    uuid: `uuid-of-${id}`,
  };
}

function resolved(value: unknown, known: ReadonlyMap<string, Attributes>): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{(aws_\w+\.[\w-]+)\.(\w+)\}/g, (whole, address, attribute) =>
      String(known.get(address)?.[attribute] ?? known.get(address)?.arn ?? whole),
    );
  if (Array.isArray(value)) return value.map((one) => resolved(one, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const found = resolved(one, known);
      // Blocks are lists in plans, also where the synthesized JSON has one object.
      const block = typeof one === 'object' && one !== null && !Array.isArray(one) && !MAPS.has(name);
      return [name, block ? [found] : found];
    }),
  );
}

/** Maps, not blocks: they stay objects. */
const MAPS = new Set(['tags', 'variables', 'dimensions', 'condition', 'request_parameters']);

function expression(value: unknown): unknown {
  const references = [...JSON.stringify(value ?? null).matchAll(/\$\{(aws_\w+\.[\w-]+\.\w+)\}/g)].flatMap(
    ([, full = '']) => [full, full.split('.').slice(0, 2).join('.')],
  );
  return references.length > 0 ? { references } : { constant_value: value };
}
