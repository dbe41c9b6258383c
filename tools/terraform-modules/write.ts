import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { setDefaults } from '../../modules/defaults';
import { choose } from './choose';
import { block, inWords, KEY, RUNBOOKS, type TerraformModule, valuesIn } from './definition';

/** What cdktf writes of a stack; what only the caller of a module can say (provider, backend) isn't in these. */
interface Synthesized {
  readonly output: Record<string, { readonly description: string }>;
  readonly resource: object;
  readonly data?: object;
}

/**
 * Terraform's own: 1.2 knows preconditions, 1.3 what is used of validation. The provider's: 6.8 the largest message, 6.19 the runtime of the redrive function (issue 44986 of
 * terraform-provider-aws).
 */
const VERSIONS = {
  terraform: {
    required_version: '>= 1.3',
    required_providers: { aws: { source: 'hashicorp/aws', version: '~> 6.19' } },
  },
};

/** @returns the archives that it needs, by their path in the configuration */
function synthesize(module: TerraformModule, outdir: string, withKey: boolean): [Synthesized, Map<string, string>] {
  // There is no provider to validate against: the caller brings it.
  const app = new App({ outdir, skipValidation: true });
  const stack = new TerraformStack(app, module.name);
  const values = valuesIn(stack, module.variables);
  setDefaults(stack, { runbooks: values.text(RUNBOOKS) });
  const outputs = module.build(stack, values, withKey ? values.text(KEY) : undefined);
  for (const [name, output] of Object.entries(outputs)) new TerraformOutput(stack, name, { ...output, staticId: true });
  app.synth();
  const directory = join(outdir, 'stacks', module.name);
  const archives = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.zip'),
  );
  return [
    JSON.parse(readFileSync(join(directory, 'cdk.tf.json'), 'utf8')),
    new Map(archives.map((file) => [file, join(directory, file)])),
  ];
}

/** Without the notes of cdktf and of the scan, and with the archives where they lie. */
function plain(blocks: object | undefined, archives: ReadonlyMap<string, string>): object {
  return JSON.parse(JSON.stringify(blocks ?? {}), (key, value) => {
    if (key === '//') return undefined;
    return archives.has(value) ? `\${path.module}/${basename(value)}` : value;
  });
}

/** Writes a module into a directory of its own: what Terraform reads, the archives of its functions, README and example. */
export function writeModule(module: TerraformModule, directory: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'terraform-modules-'));
  try {
    const [withKey, archives] = synthesize(module, join(scratch, 'with'), true);
    const [without] = synthesize(module, join(scratch, 'without'), false);
    const either = (kind: 'resource' | 'output' | 'data') =>
      choose(`var.${KEY} != null`, plain(withKey[kind], archives), plain(without[kind], archives), kind);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(join(directory, 'examples', 'complete'), { recursive: true });
    const write = (file: string, content: object) =>
      writeFileSync(join(directory, file), `${JSON.stringify(content, null, 2)}\n`);
    // An empty `data` is one without a label, which Terraform refuses.
    write('main.tf.json', { ...(withKey.data && { data: either('data') }), resource: either('resource') });
    const variables = Object.entries(module.variables).map(([name, variable]) => [name, block(name, variable)]);
    write('variables.tf.json', { variable: Object.fromEntries(variables) });
    write('outputs.tf.json', { output: either('output') });
    write('versions.tf.json', VERSIONS);
    for (const [file, path] of archives) copyFileSync(path, join(directory, basename(file)));
    writeFileSync(join(directory, 'README.md'), readme(module, withKey.output));
    writeFileSync(
      join(directory, 'examples', 'complete', 'main.tf'),
      `${module.example.replace(`"./${module.name}"`, '"../.."')}\n\n${module.exampleSurroundings}\n`,
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function readme({ name, what, variables, example }: TerraformModule, output: Synthesized['output']): string {
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
