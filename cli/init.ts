import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { name, version } from '../package.json';
import { type Command, readArguments, UsageError } from './night/command';

const USAGE = `spillway init [FOLDER]

Makes a project of FOLDER (default: this one): a consumer with its canary, its test, its stack and a workflow that checks all of it. A file that is
there is never written over; an existing package.json gets what it lacks.`;

/** Where the example lies that a project begins as: in the package, and in a checkout. */
const EXAMPLE = join(__dirname, '..', 'examples', 'invoices');

const PACKAGES = {
  '@cdktf/provider-aws': '^21.22.1',
  '@types/node': '^22.0.0',
  cdktf: '^0.21.0',
  constructs: '>=10.6.0 <10.8.0',
  tsx: '^4.20.0',
  typescript: '^5.9.0',
  valibot: '^1.2.0',
};
const SCRIPTS = {
  build: 'node build.mjs',
  check: 'tsc --noEmit -p .',
  synth: 'node build.mjs && tsx invoices/stack.ts',
  test: 'tsx --test invoices/*.test.ts',
};

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Path → content of everything but package.json. */
function files(): Record<string, string> {
  const example = (file: string) => readFileSync(join(EXAMPLE, file), 'utf8');
  return {
    'invoices/contract.ts': example('contract.ts'),
    'invoices/handler.ts': example('handler.ts'),
    'invoices/canary.ts': example('canary.ts'),
    'invoices/outage.test.ts': example('outage.test.ts'),
    'invoices/stack.ts': example('stack.ts'),
    'build.mjs': example('build.mjs'),
    'cdktf.json': json({ language: 'typescript', app: 'npm run --silent synth', sendCrashReports: 'false' }),
    'tsconfig.json': json({
      compilerOptions: {
        ...{ target: 'es2022', module: 'node16', moduleResolution: 'node16', strict: true, skipLibCheck: true },
        types: ['node'],
      },
      include: ['invoices'],
    }),
    '.gitignore': 'cdktf.out/\ndist/\nnode_modules/\n',
    '.github/workflows/check.yml': `name: check
on: [push, pull_request]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24
          cache: npm
      - run: npm ci
      - run: npm run check
      - run: npm test
      - run: npm run synth
`,
  };
}

interface Definition {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly spillway?: object;
}

/** A project's package.json with what it lacks; what is there stays. */
export function completed(before: Definition): Definition {
  const known = { ...before.dependencies, ...before.devDependencies };
  const missing = Object.entries(PACKAGES).filter(([each]) => !(each in known));
  const scripts = Object.entries(SCRIPTS).filter(
    // What npm itself writes into a new package.json is no test.
    ([each]) => !(each in (before.scripts ?? {})) || before.scripts?.[each]?.includes('no test specified'),
  );
  return {
    ...before,
    scripts: { ...before.scripts, ...Object.fromEntries(scripts) },
    devDependencies: { ...before.devDependencies, ...Object.fromEntries(missing) },
    spillway: { contracts: ['invoices/contract.ts'], ...before.spillway },
  };
}

export const init: Command = {
  usage: USAGE,
  async main(args) {
    const [folder = '.', ...more] = readArguments(args, {}).positionals;
    if (more.length > 0) throw new UsageError(`"${more[0]}" is one word too many`);
    const made = files();
    const there = Object.keys(made).filter((path) => existsSync(join(folder, path)));
    if (there.length > 0)
      throw new Error(`nothing was made: ${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already`);
    const definition = join(folder, 'package.json');
    const before = existsSync(definition) ? JSON.parse(readFileSync(definition, 'utf8')) : { private: true };
    for (const [path, content] of Object.entries(made)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { flag: 'wx' });
    }
    const after = completed(before);
    writeFileSync(definition, json(after));
    // Under this name npm has somebody else's package: it is never fetched from there.
    const missing = !(name in { ...after.dependencies, ...after.devDependencies });
    const install = missing
      ? `npm install --save-dev PATH/${name}-${version}.tgz     this package, and `
      : 'npm install       ';
    console.log(`${Object.keys(made).join('\n')}\npackage.json\n
${install}what it needs
npm test          an outage of the bank, played in memory
npm run synth     the stack, in cdktf.out/stacks/invoices
npx cdktf-cli@0.21 deploy invoices     to your account: first put its number and region into invoices/stack.ts

The invoices are an example: rename them, and make the contract's schema and the handler's call your own.`);
  },
};
