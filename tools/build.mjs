// Builds what synthesis and deployment need, into dist/: one CommonJS bundle per function and one for the app (main.ts).
// With --package, what another project imports: modules and contracts as JavaScript with their types.
// Bundles hold no path and no date, so the same source gives the same bytes in any directory.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { archiveOf, functionOptions } from './bundle.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The rooms of functions/ that hold Lambdas. */
const ROOMS = ['operations', 'shop'];

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
  });
}

/** Without the development packages there is no compiler, and nobody who would pack. */
export function buildPackage() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) return;
  rmSync(join(root, 'dist', 'package'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.package.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--package')) buildPackage();
  else await Promise.all([buildFunctions(), buildApp()]);
}
