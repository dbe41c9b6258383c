import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** A copy of what an environment is made of, in which one is added and one removed. */
const copy = mkdtempSync(join(tmpdir(), 'one-file-'));
afterAll(() => rmSync(copy, { recursive: true }));
beforeAll(() => {
  const made = [
    'main.ts',
    'environments',
    'modules',
    'functions',
    'tools',
    'package.json',
    'tsconfig.json',
    'jest.config.js',
  ];
  const tests = [
    'environments',
    'modules/synthesized.ts',
    'modules/interfaces.ts',
    'patience.js',
    'sequencer.js',
    'global-setup.js',
  ];
  for (const path of [...made, ...tests.map((test) => `test/${test}`), 'dist/functions', 'dist/desk'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const environments = join(copy, 'environments');
  const dev = readFileSync(join(environments, 'dev.ts'), 'utf8');
  writeFileSync(
    join(environments, 'preview.ts'),
    dev.replace("name: 'dev'", "name: 'preview'").replaceAll('111111111111', '555555555555'),
  );
  rmSync(join(environments, 'staging.ts'));
});

test('an environment is added by one file, and removed with it', () => {
  execFileSync(process.execPath, ['-e', "import('./tools/build.mjs').then((build) => build.buildApp())"], {
    cwd: copy,
  });
  execFileSync(process.execPath, ['dist/main.js'], { cwd: copy });
  const environments = new Set(readdirSync(join(copy, 'cdktf.out/stacks')).map((name) => name.split('-')[0]));
  expect([...environments].sort()).toEqual(['dev', 'local', 'mq', 'preview', 'prod']);
});

test('what holds for every stack is asked of the new one, and of the others without the old', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), '--selectProjects', 'unit', '--forceExit', 'everywhere', 'settings'],
    { cwd: copy, encoding: 'utf8', env: { ...process.env, SPILLWAY_TESTS_BUILT: 'yes' } },
  );
  expect({ status, stderr }).toMatchObject({ status: 0 });
});

test('a file that calls its environment otherwise is refused by name', () => {
  const file = join(copy, 'environments/preview.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("name: 'preview'", "name: 'perview'"));
  execFileSync(process.execPath, ['-e', "import('./tools/build.mjs').then((build) => build.buildApp())"], {
    cwd: copy,
  });
  const { stderr } = spawnSync(process.execPath, ['dist/main.js'], { cwd: copy, encoding: 'utf8' });
  expect(stderr).toBe('environment preview:\n  name: is that of its file, "preview" (it is "perview")\n');
});
