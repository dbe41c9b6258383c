/** The same plan told differently: what must change nothing but addresses. */
export type Json = Record<string, unknown>;

/** Renames every resource in every place of a plan: addresses, names and references. */
export function renamed(text: string, rename: (type: string, name: string) => string): Json {
  const found = new Set(
    [...text.matchAll(/"address":\s*"(aws_\w+)\.(\w+)"/g)].map(([, type, name]) => `${type}.${name}`),
  );
  const plan = text.replace(/\b(aws_\w+)\.(\w+)\b/g, (whole, type, name) =>
    found.has(whole) ? `${type}.${rename(type, name)}` : whole,
  );
  const result = JSON.parse(plan) as Json;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      const entry = value as Json;
      if (
        typeof entry.type === 'string' &&
        typeof entry.name === 'string' &&
        found.has(`${entry.type}.${entry.name}`)
      ) {
        entry.name = rename(entry.type, entry.name);
      }
      Object.values(entry).forEach(visit);
    }
  };
  visit(result);
  return result;
}

/** Puts everything one or more modules down, with instance keys on the way and on the resources. */
export function nested(
  plan: Json,
  modules: string[],
  keys: (string | number | undefined)[],
  index: string | number | undefined,
): Json {
  const bracket = (key: string | number | undefined) => (key === undefined ? '' : `[${JSON.stringify(key)}]`);
  const path = modules.map((module, depth) => `module.${module}${bracket(keys[depth])}`).join('.');
  const move = (list: unknown) =>
    (list as Json[] | undefined)?.map((change) => ({
      ...change,
      address: `${path === '' ? '' : `${path}.`}${change.address}${bracket(index)}`,
      ...(path === '' ? {} : { module_address: path }),
      ...(index === undefined ? {} : { index }),
    }));
  const configuration = plan.configuration as { root_module: Json };
  const root = modules.reduceRight(
    (inner: Json, module) => ({ module_calls: { [module]: { source: './inner', module: inner } } }),
    configuration.root_module,
  );
  const { prior_state: _, ...rest } = plan;
  return {
    ...rest,
    resource_changes: move(plan.resource_changes),
    resource_drift: move(plan.resource_drift),
    configuration: { ...configuration, root_module: root },
  };
}

/** Another account and region: every ARN, URL and provider says so. */
export const elsewhere = (text: string): string =>
  text
    .replaceAll('us-east-1', 'eu-west-1')
    .replaceAll('123456789012', '210987654321')
    .replace(/(?<=arn:aws:[\w-]*:[\w-]*:)000000000000/g, '999999999999')
    .replaceAll('/000000000000/', '/999999999999/')
    .replaceAll('"provider_config_key":"aws"', '"provider_config_key":"aws.elsewhere"')
    .replace(/("provider_config":\{)"aws":/, '$1"aws.elsewhere":');

/** Both in one plan, without anything that one says of the other. */
export function together(one: Json, other: Json): Json {
  const [a, b] = [one, other].map(
    (plan) => plan.configuration as { provider_config: Json; root_module: { module_calls?: Json; resources?: Json[] } },
  ) as [Configuration, Configuration];
  const both = (name: string) => [...((one[name] as Json[]) ?? []), ...((other[name] as Json[]) ?? [])];
  return {
    ...one,
    resource_changes: both('resource_changes'),
    resource_drift: both('resource_drift'),
    prior_state: undefined,
    configuration: {
      provider_config: { ...a.provider_config, ...b.provider_config },
      root_module: {
        resources: [...(a.root_module.resources ?? []), ...(b.root_module.resources ?? [])],
        module_calls: { ...a.root_module.module_calls, ...b.root_module.module_calls },
      },
    },
  };
}
interface Configuration {
  provider_config: Json;
  root_module: { module_calls?: Json; resources?: Json[] };
}

/**
 * Types that say something of another resource, and whose `id` (or `arn`) is that resource's own: what a state that an
 * AWS provider wrote has in it.
 */
const BESIDE: readonly [owner: string, beside: string, (owner: Json) => Json][] = [
  ['aws_sqs_queue', 'aws_sqs_queue_policy', ({ id, policy }) => ({ id, queue_url: id, policy })],
  [
    'aws_sqs_queue',
    'aws_sqs_queue_redrive_policy',
    ({ id, redrive_policy }) => ({ id, queue_url: id, redrive_policy }),
  ],
  [
    'aws_sqs_queue',
    'aws_sqs_queue_redrive_allow_policy',
    ({ id }) => ({ id, queue_url: id, redrive_allow_policy: '{"redrivePermission":"allowAll"}' }),
  ],
  ['aws_sns_topic', 'aws_sns_topic_policy', ({ arn, policy }) => ({ id: arn, arn, policy })],
  ['aws_sns_topic', 'aws_sns_topic_data_protection_policy', ({ arn }) => ({ id: arn, arn, policy: '{}' })],
  ['aws_kinesis_stream', 'aws_kinesis_resource_policy', ({ arn }) => ({ id: arn, resource_arn: arn, policy: '{}' })],
  [
    'aws_lambda_function',
    'aws_lambda_function_event_invoke_config',
    ({ arn, function_name }) => ({ id: arn, function_name, maximum_retry_attempts: 2 }),
  ],
  ['aws_dynamodb_table', 'aws_dynamodb_tag', ({ arn, name }) => ({ id: arn, name, key: 'team', value: 'shop' })],
];

/** Gives every owner that stays as it is a resource beside it that stays as well and says the same. */
export function withNeighbours(plan: Json, name: string): Json {
  const neighbours = (plan.resource_changes as Change[]).flatMap((owner) =>
    BESIDE.filter(([type]) => type === owner.type && owner.change.actions[0] === 'no-op').map(([, type, values]) => {
      const before = values(owner.change.before as Json);
      return {
        ...owner,
        address: owner.address.replace(`${owner.type}.${owner.name}`, `${type}.${name}_${owner.name}`),
        type,
        name: `${name}_${owner.name}`,
        change: { actions: ['no-op'], before, after: before, after_unknown: {} },
      };
    }),
  );
  return { ...plan, resource_changes: [...(plan.resource_changes as Json[]), ...neighbours] };
}
interface Change extends Json {
  address: string;
  type: string;
  name: string;
  change: { actions: string[]; before: Json | null; after: Json | null; after_unknown: Json };
}
