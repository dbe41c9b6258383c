// How every function is bundled; `spillway/bundle` for those who deploy functions of their own with the modules.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

/** The same for every build, in every time zone (zip dates are local time): an archive changes only when the code does. */
const ARCHIVE_DATE = new Date(1980, 0, 2);

const runtime = (/** @type {string} */ file) => ({
  path: `../functions/runtime/${file}`,
  options: { kind: /** @type {const} */ ('import-statement'), resolveDir: dirname(fileURLToPath(import.meta.url)) },
});

/**
 * In the place of what no function ever reaches (docs/decisions/bundles.md). On Lambda a function's credentials are always in its environment; the SDK's default chain brings the SSO,
 * STS, ini, process and instance-metadata providers along, a third of a bundle.
 *
 * @type {import('esbuild').Plugin}
 */
const standIns = {
  name: 'stand-ins',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => {
      const { path, options } = runtime('environment-credentials');
      return resolve(path, options);
    });
    onResolve({ filter: /^@aws-sdk\/middleware-endpoint-discovery$/ }, ({ importer }) => {
      if (!importer.includes('client-dynamodb')) return undefined;
      const { path, options } = runtime('no-endpoint-discovery');
      return resolve(path, options);
    });
    // A client says its version to AWS, and brings its whole package.json for it.
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/**
 * CommonJS with nothing external: docs/decisions/bundles.md has what was measured.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
export const functionOptions = {
  bundle: true,
  minify: true,
  keepNames: false,
  platform: /** @type {const} */ ('node'),
  target: 'node22',
  format: /** @type {const} */ ('cjs'),
  mainFields: ['module', 'main'],
  legalComments: /** @type {const} */ ('none'),
  logLevel: /** @type {const} */ ('warning'),
  plugins: [standIns],
};

/**
 * The zip archive that Lambda takes: the same code gives the same bytes, whenever and wherever it is built.
 *
 * @param {Uint8Array} code of `index.js`
 */
export function archiveOf(code) {
  return zipSync({ 'index.js': [code, { mtime: ARCHIVE_DATE, os: 3, attrs: 0o644 << 16 }] });
}

/**
 * Bundles a function of one's own as this package's are: for `LambdaFunction`'s `bundle`.
 *
 * @param {string} entry path of the source, TypeScript or JavaScript, that exports `handler`
 * @param {string} archive path of the zip archive to write
 */
export async function bundleFunction(entry, archive) {
  const { outputFiles } = await build({ ...functionOptions, entryPoints: [entry], outfile: 'index.js', write: false });
  mkdirSync(dirname(archive), { recursive: true });
  for (const { contents } of outputFiles) writeFileSync(archive, archiveOf(contents));
}
