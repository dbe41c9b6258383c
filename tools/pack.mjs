// `npm run pack`: the package as it is published, into the folder given, or here. Its package.json has nothing that only a checkout can use: scripts, development packages.
// With --built, the functions' archives are taken as they stand in dist/.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildFunctions, buildPackage, handlers, root } from './build.mjs';

/** What the package is chosen from; `files` of package.json chooses. */
const COPIED = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'bin',
  'modules',
  'docs/runbooks',
  'dist/spillway.js',
  'dist/cli.js',
  'examples/invoices',
];

const { values, positionals } = parseArgs({ options: { built: { type: 'boolean' } }, allowPositionals: true });
const destination = resolve(positionals[0] ?? '.');

if (!values.built) await buildFunctions();
const staged = mkdtempSync(join(root, 'dist', 'pack-'));
try {
  buildPackage(join(staged, 'dist', 'package'));
  if (process.exitCode) throw new Error('the package does not compile: what tsc says is above');
  // By name: dist/ keeps the archive of a function that is gone.
  const archives = Object.keys(handlers()).map((name) => `dist/functions/${name}.zip`);
  for (const path of [...COPIED, ...archives]) cpSync(join(root, path), join(staged, path), { recursive: true });
  const definition = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const {
    scripts: _scripts,
    devDependencies: _development,
    private: _private,
    spillway: _contracts,
    ...published
  } = definition;
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  const options = ['pack', '--ignore-scripts', '--silent', '--pack-destination', destination];
  process.stdout.write(execFileSync('npm', options, { cwd: staged, encoding: 'utf8' }));
} finally {
  rmSync(staged, { recursive: true, force: true });
}
