// Builds what synthesis and deployment need, into dist/: one CommonJS bundle per function and one for the app (main.ts).
// With --review, the plan review as a tool of its own. With --package, what another project imports: modules and contracts as JavaScript with their types.
// Bundles hold no path and no date, so the same source gives the same bytes in any directory.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { archiveOf, functionOptions } from './bundle.mjs';
import { addCdktn } from './cdktn.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The rooms of functions/ that hold Lambdas. */
const ROOMS = ['operations', 'desk', 'shop', 'clickstream'];

/** Function name (its folder below its room) → its handler. */
export function handlers(functions = join(root, 'functions')) {
  const found = {};
  for (const room of ROOMS.map((name) => join(functions, name))) {
    for (const entry of readdirSync(room, { withFileTypes: true, recursive: true })) {
      if (entry.name !== 'handler.ts') continue;
      const folder = entry.parentPath ?? entry.path;
      const name = relative(room, folder).split(sep).join('/');
      if (name in found) throw new Error(`two functions are called ${name}: ${found[name]} and ${folder}`);
      found[name] = join(folder, entry.name);
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function buildFunctions() {
  const entryPoints = Object.entries(handlers()).map(([name, path]) => ({ in: path, out: `${name}/index` }));
  if (entryPoints.length === 0) return;
  const outdir = join(root, 'dist', 'functions');
  await build({ ...functionOptions, absWorkingDir: root, entryPoints, outdir });
  for (const name of Object.keys(handlers())) {
    writeFileSync(join(outdir, `${name}.zip`), archiveOf(readFileSync(join(outdir, name, 'index.js'))));
  }
}

/**
 * In the place of environments/app/files.ts, which looks into a folder: a file is added there, and the next build has it.
 *
 * @type {import('esbuild').Plugin}
 */
const environmentFiles = {
  name: 'environment-files',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]environments[\\/]app[\\/]files\.ts$/ }, ({ path }) => {
      const files = readdirSync(join(dirname(path), '..')).filter(
        (file) => file.endsWith('.ts') && file !== 'index.ts',
      );
      const entries = files.map(
        (file) => `${JSON.stringify(basename(file, '.ts'))}: require(${JSON.stringify(`../${file}`)})`,
      );
      return { contents: `export const environmentFiles = { ${entries.sort().join(', ')} };`, loader: 'ts' };
    });
  },
};

/** The desk's page, as the module puts it into its bucket. */
export async function buildDeskPage() {
  const web = join(root, 'web');
  const outdir = join(root, 'dist', 'desk');
  await build({
    entryPoints: ['ts', 'css'].map((kind) => join(web, 'desk', `desk.${kind}`)),
    outdir: join(outdir, 'assets'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    absWorkingDir: root,
    legalComments: 'none',
    logLevel: 'warning',
  });
  copyFileSync(join(web, 'icon.svg'), join(outdir, 'assets', 'icon.svg'));
  copyFileSync(join(web, 'desk', 'desk.html'), join(outdir, 'index.html'));
}

/** The app: main.ts with cdktf and the few provider bindings that it uses in one file, which loads 15 × faster than the sources. */
export async function buildApp() {
  const entry = join(root, 'main.ts');
  if (!existsSync(entry)) return;
  await build({
    entryPoints: [entry],
    outfile: join(root, 'dist', 'main.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    absWorkingDir: root,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [environmentFiles],
  });
}

/** The review as a tool of its own: two files that need Node and nothing else, as a package that can be published. */
export async function buildReview() {
  const outdir = join(root, 'dist', 'spillway-review');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: {
      'spillway-review': join(root, 'review', 'spillway-review.ts'),
      action: join(root, 'review', 'github', 'main.ts'),
    },
    outdir,
    bundle: true,
    // For --live only: ten times the size of the rest.
    external: ['@aws-sdk/*'],
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    absWorkingDir: root,
    legalComments: 'none',
    logLevel: 'warning',
  });
  chmodSync(join(outdir, 'spillway-review.js'), 0o755);
  const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const description = 'What a Terraform or OpenTofu plan does to messages in flight';
  const bin = { 'spillway-review': 'spillway-review.js' };
  const definition = { name: 'spillway-review', version, description, license, engines, bin };
  writeFileSync(join(outdir, 'package.json'), `${JSON.stringify(definition, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(outdir, 'LICENSE'));
}

/** Without the development packages there is no compiler, and nobody who would pack. */
export function buildPackage(outdir = join(root, 'dist', 'package')) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) return;
  rmSync(outdir, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.package.json', '--outDir', outdir], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
  else addCdktn(outdir);
  // The command bundles itself when it is called.
  for (const asked of [['review', '--help'], ['--version']])
    spawnSync(process.execPath, [join('bin', 'spillway.js'), ...asked], { cwd: root, stdio: 'ignore' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--package')) buildPackage();
  else if (process.argv.includes('--review')) await buildReview();
  else await Promise.all([buildFunctions(), buildDeskPage(), buildApp()]);
}
