import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Folder, terraformAtHand } from '../../tools/terraform';

const root = join(__dirname, '..', '..');
const atHand = terraformAtHand();
const synthesized = mkdtempSync(join(tmpdir(), 'stacks-'));
execFileSync(process.execPath, [join(root, 'dist', 'main.js')], {
  cwd: root,
  env: { PATH: process.env.PATH, CDKTF_OUTDIR: synthesized },
});
const stacks = readdirSync(join(synthesized, 'stacks'));
afterAll(() => rmSync(synthesized, { recursive: true, force: true }));

test.each(stacks)(
  '%s is valid to Terraform and the AWS provider',
  async (stack) => {
    if ('missing' in atHand) throw new Error(atHand.missing);
    const folder = new Folder(join(synthesized, 'stacks', stack), atHand);
    try {
      expect(await folder.run('init', '-backend=false', '-input=false')).toMatchObject({ status: 0 });
      const { said } = await folder.run('validate', '-json');
      const { diagnostics } = JSON.parse(said) as {
        diagnostics: { severity: string; summary: string; detail: string }[];
      };
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    } finally {
      rmSync(folder.path, { recursive: true, force: true });
    }
  },
  120_000,
);
