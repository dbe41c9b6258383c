import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, terraformAtHand } from '../../tools/terraform';
import { MODULES } from '../../tools/terraform-modules';
import { writeModule } from '../../tools/terraform-modules/write';

const atHand = terraformAtHand();
const scratch = mkdtempSync(join(tmpdir(), 'terraform-modules-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** For a provider older than the modules ask for: without what it doesn't know yet, so that everything else is judged. */
function forProvider(directory: string, version: string): void {
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.tf'))) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8').replace(/version = "~> [\d.]+"/, `version = "${version}"`);
    const older = text
      .replace(/^ +region += var\.region\n/gm, '')
      .replaceAll('nodejs24.x', 'nodejs22.x')
      .replace(/(max_message_size +=) 1048576/g, '$1 262144');
    writeFileSync(path, version.startsWith('5.') ? older : text);
  }
}

test.each(MODULES.map((module) => [module.name, module] as const))(
  'the complete example of %s is valid, and its files are formatted as Terraform has them',
  async (name, module) => {
    if ('missing' in atHand) throw new Error(atHand.missing);
    const directory = join(scratch, name);
    writeModule(module, directory);
    expect(await run(directory, atHand, 'fmt', '-check', '-diff', '-recursive')).toEqual({ status: 0, said: '' });
    forProvider(directory, atHand.version);
    const example = join(directory, 'examples', 'complete');
    forProvider(example, atHand.version);
    expect(await run(example, atHand, 'init', '-backend=false', '-input=false')).toMatchObject({ status: 0 });
    const { said } = await run(example, atHand, 'validate', '-json');
    const { diagnostics } = JSON.parse(said) as { diagnostics: { severity: string }[] };
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  },
  120_000,
);
