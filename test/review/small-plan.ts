import type { Json } from './changed-plans';

const PLACE = 'eu-central-1:111122223333';
export const arn = (service: string, rest: string): string => `arn:aws:${service}:${PLACE}:${rest}`;

/** Attributes that a configuration sets, by constants or by what they refer to. */
export const constant = (value: unknown): Json => ({ constant_value: value });
export const reference = (...references: string[]): Json => ({ references });

interface Options {
  readonly after?: Json | null;
  readonly unknown?: Json;
  readonly actions?: readonly string[];
  readonly module?: string;
  readonly index?: string | number;
  /** Key of its provider; the default one when left out. */
  readonly provider?: string;
  /** What the configuration says; undefined: the resource is not in it. */
  readonly expressions?: Json;
}

/** One resource of a plan: without `after` it stays as it is, with null as `before` it is new. */
export function resource(address: string, before: Json | null, options: Options = {}): Json {
  const [type = '', name = ''] = address.split('.');
  const { after = before, unknown = {}, module, index, provider, expressions } = options;
  const update = options.after === undefined && options.unknown === undefined ? ['no-op'] : ['update'];
  const actions = options.actions ?? (before === null ? ['create'] : after === null ? ['delete'] : update);
  return {
    address: `${module ? `${module}.` : ''}${address}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`,
    mode: 'managed',
    ...{ type, name, module_address: module, index, expressions, provider },
    change: { actions, before, after, after_unknown: unknown },
  };
}

/** A plan of these resources, with the configuration that they come from. */
export function plan(...resources: Json[]): Json {
  const blocks = (module: string | undefined) =>
    resources
      .filter(({ expressions, module_address }) => expressions !== undefined && module_address === module)
      .map(({ type, name, expressions, provider = 'aws' }) => ({
        ...{ mode: 'managed', type, name, expressions, provider_config_key: provider },
      }));
  const modules = [...new Set(resources.map(({ module_address }) => module_address as string | undefined))];
  const calls = modules.flatMap((module) => {
    const name = module?.replace(/^module\./, '').replace(/\[.*$/, '');
    return name === undefined ? [] : [[name, { source: `./${name}`, module: { resources: blocks(module) } }] as const];
  });
  return {
    format_version: '1.2',
    resource_changes: resources.map(({ expressions, provider, ...entry }) => entry),
    configuration: {
      provider_config: { aws: { name: 'aws', expressions: { region: constant('eu-central-1') } } },
      root_module: { resources: blocks(undefined), module_calls: Object.fromEntries(calls) },
    },
  };
}

const url = (name: string) => `https://sqs.eu-central-1.amazonaws.com/111122223333/${name}`;
export const queue = (name: string, attributes: Json = {}): Json => ({
  ...{ arn: arn('sqs', name), id: url(name), url: url(name), name, fifo_queue: false },
  ...{ message_retention_seconds: 345_600, visibility_timeout_seconds: 180, kms_master_key_id: '' },
  ...{ sqs_managed_sse_enabled: true, policy: '', redrive_policy: '', redrive_allow_policy: '' },
  ...attributes,
});
export const redrive = (deadLetterQueue: string, maxReceiveCount: number): string =>
  JSON.stringify({ deadLetterTargetArn: arn('sqs', deadLetterQueue), maxReceiveCount });
export const policy = (...statements: Json[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
