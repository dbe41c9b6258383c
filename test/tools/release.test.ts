import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const WORKFLOW = readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8');

/** The shell of the step whose name begins so. */
function script(name: string): string {
  const [, block = ''] = new RegExp(`- name: ${name}[\\s\\S]*?run: \\|\\n((?: {10}.*\\n|\\n)+)`).exec(WORKFLOW) ?? [];
  return block.replace(/^ {10}/gm, '');
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
  mkdirSync(join(folder, 'test/upgrades'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const checkout = (version: string, recorded: string, changelog: string) => {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }));
  writeFileSync(join(folder, 'test/upgrades/released.json'), JSON.stringify({ version: recorded }));
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
};
const run = (name: string, TAG = 'v1.2.0') =>
  spawnSync('bash', ['-euo', 'pipefail', '-c', script(name)], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TAG },
  });

test.each([
  ['a tag that is not the version', 'v1.3.0', '1.2.0', '## 1.2.0\n', 'the tag is v1.3.0, package.json says 1.2.0'],
  ['a release that was not recorded', 'v1.2.0', '1.1.0', '## 1.2.0\n', 'npm run record-release was not run for 1.2.0'],
  ['a version without a word in the changelog', 'v1.2.0', '1.2.0', '## 1.1.0\n', 'CHANGELOG.md has no section 1.2.0'],
])('%s is not released', (_, tag, recorded, changelog, why) => {
  checkout('1.2.0', recorded, changelog);
  const { status, stdout } = run('The tag is the version', tag);
  expect({ status, stdout }).toEqual({ status: 1, stdout: `::error::${why}\n` });
});

test('one that is all three is released with its own notes', () => {
  checkout('1.2.0', '1.2.0', '# Changelog\n\n## 1.2.0\n\n- new\n\n## 1.1.0\n\n- old\n');
  expect(run('The tag is the version').status).toBe(0);
  expect(run('Notes of this version').status).toBe(0);
  expect(readFileSync(join(folder, 'notes.md'), 'utf8').trim()).toBe('- new');
});

test('nothing of what is built has a permission to write', () => {
  const [build = ''] = WORKFLOW.slice(WORKFLOW.indexOf('  build:')).split('\n  npm:');
  expect(build).toContain('contents: read');
  expect(build).not.toMatch(/: write|secrets\./);
  expect(WORKFLOW).toMatch(/^permissions: \{\}$/m);
});
