import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reference, references } from './expressions';

type Values = Readonly<Record<string, unknown>>;

/** A resource of a stack, as it was synthesized. */
export interface SynthesizedResource {
  readonly address: string;
  readonly type: string;
  readonly region: string;
  readonly configuration: Values;
  /** Addresses that must be there before it. */
  readonly dependsOn: readonly string[];
  /** Attributes that are left as they are once it exists: `lifecycle.ignore_changes`. */
  readonly ignoreChanges: readonly string[];
}

export interface SynthesizedStack {
  readonly name: string;
  /** Where relative paths (a function's archive) start from. */
  readonly directory: string;
  readonly resources: readonly SynthesizedResource[];
  readonly variables: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly locals: Values;
  readonly outputs: Values;
  /** Stacks whose outputs it uses. */
  readonly stacks: readonly string[];
}

/** Everything but the resource's own attributes; tags are left out, because nothing here reads them. */
const META = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'provisioner', 'connection', 'tags', 'tags_all']);

/** Reads the stacks of a cdktf output folder whose names match (`*` stands for anything), those that others need first. */
export function readStacks(folder: string, patterns: readonly string[]): SynthesizedStack[] {
  const manifest = readJson(join(folder, 'manifest.json')) as {
    stacks: Record<string, { name: string; workingDirectory: string; synthesizedStackPath: string }>;
  };
  const matches = matching(patterns);
  const found = Object.values(manifest.stacks)
    .filter(({ name }) => matches(name))
    .map(({ name, workingDirectory, synthesizedStackPath }) =>
      parseStack(name, join(folder, workingDirectory), readJson(join(folder, synthesizedStackPath))),
    );
  if (found.length === 0) throw new Error(`${folder} holds no stack that matches ${patterns.join(', ')}`);
  return inOrder(
    found,
    ({ name }) => name,
    ({ stacks }) => stacks,
  );
}

/** Whether a stack's name matches one of the patterns. */
export function matching(patterns: readonly string[]): (name: string) => boolean {
  const matches = patterns.map((pattern) => new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`));
  return (name) => matches.some((match) => match.test(name));
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function readJson(path: string): Values {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Values;
  } catch (error) {
    throw new Error(`${path} can't be read (${(error as Error).message}); was anything synthesized?`, { cause: error });
  }
}

export function parseStack(name: string, directory: string, json: Values): SynthesizedStack {
  const { resource = {}, variable = {}, locals = {}, output = {}, data = {}, module } = json as Record<string, Values>;
  if (module) throw new Error(`${name}: modules can't be deployed here; they are ${Object.keys(module).join(', ')}`);
  const { terraform_remote_state: _, ...otherData } = data;
  if (Object.keys(otherData).length > 0) {
    throw new Error(`${name}: data sources can't be deployed here; they are ${Object.keys(otherData).join(', ')}`);
  }
  const regions = providerRegions(json);
  const resources = Object.entries(resource as Record<string, Record<string, Values>>).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, values]) => parseResource(name, type, id, values, regions)),
  );
  const used = references([resource, output, locals]).flatMap((each) => (each.kind === 'output' ? [each.stack] : []));
  return {
    name,
    directory,
    resources: inOrder(
      resources,
      ({ address }) => address,
      ({ dependsOn }) => dependsOn,
    ),
    variables: variable as SynthesizedStack['variables'],
    locals,
    outputs: Object.fromEntries(Object.entries(output).map(([id, each]) => [id, (each as { value: unknown }).value])),
    stacks: [...new Set(used)],
  };
}

function providerRegions(json: Values): (provider: unknown) => string {
  const configured = (json.provider as { aws?: { alias?: string; region?: string }[] } | undefined)?.aws ?? [];
  return (provider) => {
    const alias = typeof provider === 'string' ? provider.split('.')[1] : undefined;
    return configured.find((each) => each.alias === alias)?.region ?? 'us-east-1';
  };
}

function parseResource(
  stack: string,
  type: string,
  id: string,
  values: Values,
  regionOf: (provider: unknown) => string,
): SynthesizedResource {
  const address = `${type}.${id}`;
  for (const loop of ['count', 'for_each', 'dynamic']) {
    if (values[loop] !== undefined) throw new Error(`${stack}: ${address} has ${loop}, which can't be deployed here`);
  }
  const configuration = Object.fromEntries(Object.entries(values).filter(([key]) => !META.has(key)));
  const explicit = (values.depends_on ?? []) as string[];
  const implicit = references(configuration).flatMap((each: Reference) =>
    each.kind === 'resource' ? [each.address] : [],
  );
  const ignored = ((values.lifecycle as Values | undefined)?.ignore_changes ?? []) as string[];
  return {
    address,
    type,
    region: (values.region as string | undefined) ?? regionOf(values.provider),
    configuration,
    dependsOn: [...new Set([...explicit, ...implicit])],
    ignoreChanges: ignored.flatMap((path) => path.split(/[.[]/)[0] ?? []),
  };
}

/** What something needs comes before it; otherwise the order stays. */
export function inOrder<T>(items: readonly T[], key: (item: T) => string, needs: (item: T) => readonly string[]): T[] {
  const byKey = new Map(items.map((item) => [key(item), item]));
  const done = new Set<string>();
  const ordered: T[] = [];
  const visit = (item: T, path: readonly string[]) => {
    const name = key(item);
    if (done.has(name)) return;
    if (path.includes(name)) throw new Error(`these need each other: ${[...path, name].join(' → ')}`);
    for (const needed of needs(item)) {
      const other = byKey.get(needed);
      if (other) visit(other, [...path, name]);
    }
    done.add(name);
    ordered.push(item);
  };
  for (const item of items) visit(item, []);
  return ordered;
}
