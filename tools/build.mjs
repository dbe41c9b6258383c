// Builds what synthesis and deployment need, into dist/: one CommonJS bundle per function and one for the app (main.ts).
// Bundles hold no path and no date, so the same source gives the same bytes in any directory.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The same for every build, in every time zone (zip dates are local time): an archive changes only when the code does. */
const ARCHIVE_DATE = new Date(1980, 0, 2);

/** Function name (its folder below functions/) → its handler. */
export function handlers(directory = join(root, 'functions')) {
  const found = {};
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.name !== 'handler.ts') continue;
    const folder = entry.parentPath ?? entry.path;
    found[relative(directory, folder).split(sep).join('/')] = join(folder, entry.name);
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * On Lambda a function's credentials are always in its environment. The SDK's default chain brings the SSO, STS, ini,
 * process and instance-metadata providers along, a third of a bundle that no function ever reaches.
 */
const environmentCredentials = {
  name: 'environment-credentials',
  setup({ onResolve }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: join(root, 'functions', 'environment-credentials.ts'),
    }));
  },
};

/** Options of a function's bundle. CommonJS with nothing external: docs/decisions/bundles.md has what was measured. */
export const functionOptions = {
  bundle: true,
  minify: true,
  keepNames: false,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  mainFields: ['module', 'main'],
  absWorkingDir: root,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [environmentCredentials],
};

export async function buildFunctions() {
  const entryPoints = Object.entries(handlers()).map(([name, path]) => ({ in: path, out: `${name}/index` }));
  if (entryPoints.length === 0) return;
  const outdir = join(root, 'dist', 'functions');
  await build({ ...functionOptions, entryPoints, outdir });
  for (const name of Object.keys(handlers())) {
    const code = readFileSync(join(outdir, name, 'index.js'));
    writeFileSync(
      join(outdir, `${name}.zip`),
      zipSync({ 'index.js': [code, { mtime: ARCHIVE_DATE, os: 3, attrs: 0o644 << 16 }] }),
    );
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await Promise.all([buildFunctions(), buildApp()]);
