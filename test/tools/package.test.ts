import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { TerraformStack } from 'cdktf';
import { TieredQueue } from '../../modules/tiered-queue';
import { bundleExamples } from '../modules/examples-of-readmes';
import { synthesized } from '../modules/synthesized';
import { everyExample } from './every-example';

const ROOT = join(__dirname, '../..');
const PROGRAMS = { publint: 'publint/src/cli.js', attw: '@arethetypeswrong/cli/dist/index.js' };

/** The package, packed and unpacked. */
let folder: string;
let archive: string;
let files: string[];
let definition: Record<string, unknown> & { version: string };
beforeAll(() => {
  bundleExamples();
  folder = mkdtempSync(join(tmpdir(), 'package-'));
  execFileSync(process.execPath, [join(ROOT, 'tools/pack.mjs'), '--built', folder], { cwd: folder });
  archive = join(folder, readdirSync(folder)[0] ?? '');
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const unpacked = join(folder, 'package');
  files = readdirSync(unpacked, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(unpacked, join(entry.parentPath ?? entry.path, entry.name)));
  definition = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tool = (name: keyof typeof PROGRAMS, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', PROGRAMS[name]), ...args],
    { encoding: 'utf8', cwd: folder },
  );
  return { status, said: status === 0 ? '' : stdout + stderr };
};
const CLEAN = { status: 0, said: '' };

test('it may be published, and names nothing that is only in a checkout', () => {
  expect(definition).toMatchObject({ name: 'spillway', type: 'commonjs', license: 'Apache-2.0' });
  for (const field of ['private', 'scripts', 'devDependencies']) expect(definition).not.toHaveProperty(field);
});

test('its archives are the functions that operate, all of them and no shop', () => {
  const operations = ['operations', 'desk'].flatMap((room) =>
    readdirSync(join(ROOT, 'functions', room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('handler.ts'))
      .map((path) => path.replace(/\/handler\.ts$/, '.zip')),
  );
  expect(operations.length).toBeGreaterThan(5);
  const packed = files.filter((file) => file.endsWith('.zip')).map((file) => relative('dist/functions', file));
  expect(packed.sort()).toEqual(operations.sort());
});

test('the README of each module is in it, and its source is not', () => {
  const documented = readdirSync(join(ROOT, 'modules')).filter((name) =>
    existsSync(join(ROOT, 'modules', name, 'README.md')),
  );
  expect(documented.length).toBeGreaterThan(15);
  const packed = files.filter((file) => file.startsWith('modules/'));
  expect(packed.sort()).toEqual(documented.map((name) => `modules/${name}/README.md`).sort());
});

test('its command reviews without a checkout', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(folder, 'package/bin/spillway.js'), 'review', '--help'],
    {
      encoding: 'utf8',
      cwd: folder,
    },
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^spillway review /) });
});

test.each(['repair', 'redrive', 'breaker', 'saga resume'])('spillway %s needs no checkout', (words) => {
  // What it needs of other packages stands where npm would put it.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'package/node_modules'));
  try {
    const args = [join(folder, 'package/bin/spillway.js'), ...words.split(' '), '--help'];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(`spillway ${words} `) });
  } finally {
    unlinkSync(join(folder, 'package/node_modules'));
  }
});

test('constructs may be what both cdktf and cdktn accept', () => {
  expect(definition).toMatchObject({ peerDependencies: { constructs: '>=10.6.0 <10.8.0' } });
});

test('publint finds nothing', () => {
  expect(tool('publint', 'run', archive, '--strict')).toEqual(CLEAN);
}, 60_000);

test('its types resolve as its code does, in every resolution', () => {
  const modules = readdirSync(join(ROOT, 'modules'))
    .filter((name) => existsSync(join(ROOT, 'modules', name, 'index.ts')))
    .flatMap((name) => [`modules/${name}`, `cdktn/modules/${name}`]);
  const runtime = ['runtime', 'testing', 'runtime/contract', 'runtime/batch', 'runtime/backoff', 'runtime/patience'];
  const entrypoints = [...modules, ...runtime];
  expect(tool('attw', archive, '--quiet', '--entrypoints', ...entrypoints)).toEqual(CLEAN);
  // What makes an archive is an ES module: a build script's, never a function's.
  expect(tool('attw', archive, '--quiet', '--profile', 'esm-only', '--entrypoints', 'bundle')).toEqual(CLEAN);
}, 120_000);

/** Where cdktn and its provider are installed (480 MB, so not here): `npm install cdktn@0.24 @cdktn/provider-aws@25.7 constructs@10.6` in any folder. */
const CDKTN = process.env.SPILLWAY_CDKTN;

describe('for projects on cdktn', () => {
  const twins = () =>
    files
      .filter((file) => /^dist\/package\/cdktn\/modules\/.+\.(js|d\.ts)$/.test(file))
      .map((file) => join(folder, 'package', file));
  const asked = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:(?:require|import)\(|from )(['"])([^'"]+)\1/g)].map(
      ([, , name = '']) => name,
    );

  test('its modules ask for nothing of cdktf, and what they ask for of the package is in it', () => {
    expect(twins().length).toBeGreaterThan(150);
    const names = twins().flatMap((file) => asked(file).map((name) => [file, name] as const));
    expect(names.filter(([, name]) => /^@?cdktf\b/.test(name))).toEqual([]);
    expect(names.filter(([, name]) => /^(cdktn$|@cdktn\/provider-aws\/)/.test(name)).length).toBeGreaterThan(100);
    const missing = names.filter(
      ([file, name]) =>
        name.startsWith('.') &&
        !['.js', '.d.ts', '/index.js', '/index.d.ts'].some((end) => existsSync(resolve(dirname(file), name) + end)),
    );
    expect(missing).toEqual([]);
  });

  test('in a stack of the other kit a module says in one sentence what to import', () => {
    const build = (stack: TerraformStack) => {
      Object.assign(stack, { _runPreparingResolve: () => undefined });
      new TieredQueue(stack, 'queue', { queueName: 'orders' });
    };
    expect(() => synthesized(build)).toThrow(
      'test/queue: is in a stack of cdktn; import it from spillway/cdktn/modules/…',
    );
  });

  (CDKTN ? test : test.skip)(
    'every module makes the same on either kit',
    () => {
      const cdktf = everyExample('cdktf', folder, join(ROOT, 'node_modules'));
      const cdktn = everyExample('cdktn', folder, join(resolve(CDKTN as string), 'node_modules'));
      expect(Object.keys(cdktf).length).toBeGreaterThan(15);
      for (const name of Object.keys(cdktf)) expect([name, cdktn[name]]).toEqual([name, cdktf[name]]);
    },
    300_000,
  );
});
