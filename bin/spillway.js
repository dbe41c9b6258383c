#!/usr/bin/env node
// `npx spillway review PLAN.json…` from a checkout: bundles review/ into dist/ when that is missing or older than a source.
const { existsSync, readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const entry = join(root, 'review', 'main.ts');
const bundle = join(root, 'dist', 'spillway.js');

function stale() {
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  const sources = readdirSync(join(root, 'review'), { recursive: true, withFileTypes: true });
  return sources.some((source) => statSync(join(source.parentPath ?? source.path, source.name)).mtimeMs > built);
}

function bundler() {
  try {
    return require('esbuild');
  } catch {
    console.error(`spillway: its packages are not installed; run \`npm ci\` in ${root}`);
    process.exit(2);
  }
}

if (stale()) {
  bundler().buildSync({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    absWorkingDir: root,
    legalComments: 'none',
    logLevel: 'warning',
  });
}
require(bundle);
