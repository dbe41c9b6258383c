import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { App, TerraformOutput, TerraformResource, TerraformStack } from 'cdktf';
import { setDefaults } from '../../modules/defaults';
import { choose } from './choose';
import {
  block,
  everyVariable,
  inWords,
  optionsOf,
  RUNBOOKS,
  type TerraformModule,
  type Variable,
  valuesIn,
} from './definition';
import { type Blocks, block as written } from './hcl';
import type { Json } from './template';

type Named = Record<string, Record<string, unknown>>;

/** What cdktf writes of a stack; what only the caller of a module can say (provider, backend) isn't in these. */
interface Synthesized {
  readonly output: Record<string, { readonly description: string; readonly value: unknown }>;
  readonly resource: Record<string, Named>;
  readonly data?: Record<string, Named>;
}

interface Made {
  readonly configuration: Synthesized;
  /** The archives that it needs, by their path in the configuration. */
  readonly archives: ReadonlyMap<string, string>;
  readonly blocks: Blocks;
  /** Names of those variables of `everyVariable` that something in it takes. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Terraform's own: 1.2 knows preconditions, 1.3 what is used of validation. The provider's: 6.8 the largest message, 6.19 the runtime of the redrive function (issue 44986 of
 * terraform-provider-aws).
 */
const VERSIONS = {
  required_version: '>= 1.3',
  required_providers: { aws: { source: 'hashicorp/aws', version: '~> 6.19' } },
};

/** What every resource can be told, where it takes it. */
const EVERYWHERE = ['tags', 'region'] as const;

/** The module's variables, with those of `everyVariable` that something of it is for. */
function variablesOf(module: TerraformModule, taken: ReadonlySet<string>): Readonly<Record<string, Variable>> {
  const every = Object.entries(everyVariable).filter(([name]) => taken.has(name));
  return { ...module.variables, ...Object.fromEntries(every) };
}

function synthesize(module: TerraformModule, outdir: string, options: ReadonlySet<string>): Made {
  // There is no provider to validate against: the caller brings it.
  const app = new App({ outdir, skipValidation: true });
  const stack = new TerraformStack(app, module.name);
  const values = valuesIn(stack, { ...everyVariable, ...module.variables }, options);
  setDefaults(stack, {
    roles: { permissionsBoundary: values.text('permissions_boundary'), path: values.text('role_path') },
    runbooks: values.text(RUNBOOKS),
  });
  const outputs = module.build(stack, values);
  for (const [name, output] of Object.entries(outputs)) new TerraformOutput(stack, name, { ...output, staticId: true });
  const resources = stack.node.findAll().filter(TerraformResource.isTerraformResource);
  const taken = new Set<string>();
  for (const resource of resources) {
    for (const name of EVERYWHERE.filter((each) => `${each}Input` in resource)) {
      resource.addOverride(name, `\${var.${name}}`);
      taken.add(name);
    }
    if (resource.terraformResourceType === 'aws_iam_role') taken.add('permissions_boundary').add('role_path');
  }
  const blocks = new Set(resources.flatMap((resource) => blocksOf(resource)));
  app.synth();
  const directory = join(outdir, 'stacks', module.name);
  const archives = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.zip'),
  );
  const configuration = readFileSync(join(directory, 'cdk.tf.json'), 'utf8');
  if (configuration.includes(`var.${RUNBOOKS}`)) taken.add(RUNBOOKS);
  return {
    configuration: JSON.parse(configuration),
    archives: new Map(archives.map((file) => [file, join(directory, file)])),
    blocks,
    taken,
  };
}

interface Described {
  readonly isBlock?: boolean;
  readonly value?: unknown;
}

/** Which attributes of a resource are blocks, as its binding says. */
function blocksOf(resource: TerraformResource): string[] {
  const type = resource.terraformResourceType;
  const found = [`${type}/lifecycle`, `${type}/lifecycle/precondition`, `${type}/timeouts`];
  const look = (of: unknown, path: string): void => {
    for (const each of [of].flat()) {
      if (typeof each !== 'object' || each === null) continue;
      for (const [name, described] of Object.entries(each as Record<string, Described>)) {
        if (typeof described !== 'object' || described === null || !('isBlock' in described)) continue;
        if (described.isBlock) found.push(`${path}/${name}`);
        look(described.value, `${path}/${name}`);
      }
    }
  };
  const [of] = Object.values((resource.toHclTerraform() as { resource: Record<string, object> }).resource[type] ?? {});
  look(of, type);
  return found;
}

/** Without the notes of cdktf and of the scan, and with the archives where they lie. */
function plain<Blocks extends object>(of: Blocks | undefined, archives: ReadonlyMap<string, string>): Blocks {
  return JSON.parse(JSON.stringify(of ?? {}), (key, value) => {
    if (key === '//') return undefined;
    return archives.has(value) ? `\${path.module}/${basename(value)}` : value;
  });
}

/** cdktf's names → the same without the hash behind them, where they stay unique. */
function readableNames(addresses: readonly string[]): ReadonlyMap<string, string> {
  const short = (address: string) => address.replace(/_[0-9A-F]{8}$/, '');
  const counted = new Map<string, number>();
  for (const address of addresses) counted.set(short(address), (counted.get(short(address)) ?? 0) + 1);
  return new Map(
    addresses
      .filter((address) => address !== short(address) && counted.get(short(address)) === 1)
      .map((address) => [address, short(address)]),
  );
}

/** What is referred to under the names that are written; of what has a `count`, its first. */
function readable(text: string, addresses: readonly string[], counted: ReadonlySet<string> = new Set()): string {
  const renamed = readableNames(addresses);
  return text.replace(
    /\b(aws_\w+\.[\w-]+)(\.)?/g,
    (_, address: string, dot = '') =>
      `${renamed.get(address) ?? address}${dot && counted.has(address) ? '[0]' : ''}${dot}`,
  );
}

/** A module as Terraform's JSON syntax has it. */
export interface Configuration {
  readonly data: Record<string, Named>;
  readonly resource: Record<string, Named>;
  readonly variable: Named;
  readonly output: Named;
  readonly terraform: typeof VERSIONS;
}

/** Makes a module with some of its options taken. */
type Make = (...options: readonly string[]) => Made;

/** One configuration of all that a module's options make. */
function configurationOf(module: TerraformModule, make: Make): Configuration {
  const { blocks, taken } = everyWay(module, make);
  // `resource/aws_sqs_queue/main/lifecycle` is what the binding calls `aws_sqs_queue/lifecycle`.
  const isBlock = (path: string) => blocks.has(path.replace(/^(?:resource|data)\/([^/]+)\/[^/]+\//, '$1/'));
  const chosen = (
    kind: 'resource' | 'output' | 'data',
    options: readonly (readonly [string, string])[] = Object.entries(optionsOf(module)),
    ...on: readonly string[]
  ): Json => {
    const [first, ...rest] = options;
    if (!first) return plain(make(...on).configuration[kind], make(...on).archives);
    const [option, condition] = first;
    return choose(condition, chosen(kind, rest, ...on, option), chosen(kind, rest, ...on), kind, isBlock);
  };
  const variables = Object.entries(variablesOf(module, taken));
  return {
    data: chosen('data') as Record<string, Named>,
    resource: chosen('resource') as Record<string, Named>,
    variable: Object.fromEntries(
      variables.map(([name, variable]) => [name, block(name, variable) as Record<string, unknown>]),
    ),
    output: chosen('output') as Named,
    terraform: VERSIONS,
  };
}

/** What a module may need, whatever options are taken. */
function everyWay(module: TerraformModule, make: Make): Pick<Made, 'archives' | 'blocks' | 'taken'> {
  const ways = Object.keys(optionsOf(module)).reduce<string[][]>(
    (found, option) => found.flatMap((way) => [way, [...way, option]]),
    [[]],
  );
  const made = ways.map((way) => make(...way));
  return {
    archives: new Map(made.flatMap(({ archives }) => [...archives])),
    blocks: new Set(made.flatMap(({ blocks }) => [...blocks])),
    taken: new Set(made.flatMap(({ taken }) => [...taken])),
  };
}

/** Writes a module into a directory of its own: what Terraform reads, the archives of its functions, README and example. */
export function writeModule(module: TerraformModule, directory: string): Configuration {
  const scratch = mkdtempSync(join(tmpdir(), 'terraform-modules-'));
  try {
    const made = new Map<string, Made>();
    const make: Make = (...options) => {
      const way = [...options].sort().join(' ') || 'plain';
      const found = made.get(way) ?? synthesize(module, join(scratch, way), new Set(options));
      made.set(way, found);
      return found;
    };
    const configuration = configurationOf(module, make);
    const { archives, blocks, taken } = everyWay(module, make);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(join(directory, 'examples', 'complete'), { recursive: true });
    const resources = Object.entries(configuration.resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, of]) => [`${type}.${name}`, of] as const),
    );
    const addresses = resources.map(([address]) => address);
    const counted = new Set(resources.filter(([, of]) => 'count' in of).map(([address]) => address));
    const write = (file: string, parts: readonly string[]) =>
      writeFileSync(join(directory, file), readable(parts.join('\n'), addresses, counted));
    const all = (kind: 'resource' | 'data') =>
      Object.entries(configuration[kind]).flatMap(([type, named]) =>
        Object.entries(named).map(([name, each]) => {
          const [, short = name] = readable(`${type}.${name}`, addresses).split('.');
          return written(kind, [type, short], each, blocks);
        }),
      );
    const each = (kind: 'variable' | 'output') =>
      Object.entries(configuration[kind]).map(([name, of]) =>
        written(kind, [name], of, new Set(['variable/validation'])),
      );
    write('main.tf', [...all('data'), ...all('resource')]);
    write('variables.tf', each('variable'));
    write('outputs.tf', each('output'));
    // Whoever has applied the module under cdktf's names keeps what it made: queues with messages in them.
    const moved = [...readableNames(addresses)].map(([from, to]) => `moved {\n  from = ${from}\n  to   = ${to}\n}\n`);
    if (module.hadHashes) writeFileSync(join(directory, 'moved.tf'), moved.join('\n'));
    write('versions.tf', [written('terraform', [], VERSIONS, new Set(['terraform/required_providers']))]);
    for (const [file, path] of archives) copyFileSync(path, join(directory, basename(file)));
    writeFileSync(join(directory, 'README.md'), readme(module, variablesOf(module, taken), configuration.output));
    writeFileSync(
      join(directory, 'examples', 'complete', 'main.tf'),
      `${module.example.replace(`"./${module.name}"`, '"../.."')}\n\n${module.exampleSurroundings}\n`,
    );
    return configuration;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function readme(
  { name, what, example }: TerraformModule,
  variables: Readonly<Record<string, Variable>>,
  output: Configuration['output'],
): string {
  const inputs = Object.entries(variables).map(([variable, { type, description, default: byDefault, allowed }]) => {
    const whether = byDefault === undefined ? 'required' : `\`${JSON.stringify(byDefault)}\``;
    return `| \`${variable}\` | ${type} | ${description}${allowed && 'values' in allowed ? ` One of ${inWords(allowed)}.` : ''} | ${whether} |`;
  });
  return [
    `# ${name}`,
    what,
    'Written by `npm run terraform-modules` of Spillway; change it there.',
    '## Inputs',
    ['| variable | type | | default |', '| --- | --- | --- | --- |', ...inputs].join('\n'),
    '## Outputs',
    Object.entries(output)
      .map(([each, { description }]) => `- \`${each}\`: ${description}`)
      .join('\n'),
    '## Example',
    `\`\`\`hcl\n${example}\n\`\`\`\n`,
  ].join('\n\n');
}
