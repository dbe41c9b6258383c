#!/usr/bin/env node
// `npx --no-install spillway COMMAND …` from a checkout: bundles review/ or cli/ when dist/ has no bundle of it or an older one.
// The package has the bundles, and no sources. The review's needs nothing but Node; the other commands' uses the packages that are installed.
const { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');

const root = join(__dirname, '..');
const isReview = process.argv[2] === 'review';
const room = isReview ? 'review' : 'cli';
const sources = (isReview ? ['review'] : ['cli', 'functions']).map((name) => join(root, name));
const entry = join(root, room, 'main.ts');
const bundle = join(root, 'dist', isReview ? 'spillway.js' : 'cli.js');

function stale() {
  if (!existsSync(entry)) return false;
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  const files = sources.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }));
  return files.some((file) => statSync(join(file.parentPath ?? file.path, file.name)).mtimeMs > built);
}

/** 1 would say that a finding is too bad. */
function fail(sentence) {
  console.error(`spillway: ${sentence}`);
  process.exit(2);
}

function bundler() {
  try {
    return require('esbuild');
  } catch {
    return fail(`its packages are not installed; run \`npm ci\` in ${root}`);
  }
}

function built() {
  try {
    const { outputFiles } = bundler().buildSync({
      entryPoints: [entry],
      outfile: bundle,
      write: false,
      bundle: true,
      external: ['@aws-sdk/*'],
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      absWorkingDir: root,
      legalComments: 'none',
      ...(!isReview && { packages: 'external' }),
      logLevel: 'silent',
    });
    return outputFiles[0].text;
  } catch (error) {
    return fail(`${room}/ can't be bundled: ${error.message.split('\n').slice(0, 2).join(' ')}`);
  }
}

/** Kept for the next run, where that may be written; a run beside this one sees the old bundle or the new one, never half. */
function keep(code) {
  const unfinished = `${bundle}.${process.pid}`;
  try {
    mkdirSync(dirname(bundle), { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, bundle);
  } catch {
    // A checkout that may only be read is bundled anew each time.
  }
}

if (stale()) {
  const code = built();
  keep(code);
  const program = new Module(bundle, module);
  program.filename = bundle;
  program.paths = module.paths;
  program._compile(code, bundle);
} else require(bundle);
