import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TerraformStack } from 'cdktf';
import ts from 'typescript';
import { surroundings } from './example-surroundings';
import { synthesized } from './synthesized';

const root = join(__dirname, '..', '..');
const MODULES = readdirSync(join(root, 'modules')).filter((name) =>
  existsSync(join(root, 'modules', name, 'README.md')),
);

type Example = (this: TerraformStack, given: ReturnType<typeof surroundings>) => void;

/** The example of a module's README; every README has one (readmes.test.ts). */
function exampleOf(name: string): string {
  const readme = readFileSync(join(root, 'modules', name, 'README.md'), 'utf8');
  return /## Example\s+```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
}

const identifier = (name: string) => name.replaceAll('-', '_');

/** All examples as one module, each a function of what it takes for granted, which it may shadow. */
function written(): string {
  const given: string[] = [];
  synthesized((stack) => given.push(...Object.keys(surroundings(stack))));
  const from = new Map(
    MODULES.flatMap((name) => Object.keys(require(join(root, 'modules', name))).map((exported) => [exported, name])),
  );
  return [
    "import type { TerraformStack } from 'cdktf';",
    "import type { surroundings } from './example-surroundings';",
    ...[...from].map(([exported, name]) => `import { ${exported} } from '../../modules/${name}';`),
    ...MODULES.map(
      (name) =>
        `export function ${identifier(name)}(this: TerraformStack, { ${given} }: ReturnType<typeof surroundings>) {\n{\n${exampleOf(name)}}\n}`,
    ),
  ].join('\n');
}

const source = written();

// The bundles that an example names, made as its reader makes them.
beforeAll(() => {
  const bundle = (entry: string, archive: string) =>
    `await bundleFunction('examples/${entry}.ts', 'dist/${archive}.zip');`;
  const code = `import { bundleFunction } from './tools/bundle.mjs'; ${bundle('invoices/handler', 'invoices')} ${bundle('invoices/canary', 'bank-canary')}`;
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root });
});

test('the example of every README compiles', () => {
  const file = join(__dirname, 'examples-of-readmes.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const checked = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(checked);
  const fromDisk = host.getSourceFile;
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === file ? ts.createSourceFile(name, source, languageVersion) : fromDisk(name, languageVersion, ...rest);
  const program = ts.createProgram([file], checked, host);
  const found = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics(program.getSourceFile(file))];
  const lines = source.split('\n');
  expect(
    found.map(({ messageText, file: where, start = 0 }) => {
      const line = where?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${ts.flattenDiagnosticMessageText(messageText, ' ')} in: ${lines[line]}`;
    }),
  ).toEqual([]);
}, 60_000);

test.each(MODULES)('the example of %s synthesizes', (name) => {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const examples: Record<string, Example> = {};
  new Function('require', 'exports', outputText)(require, examples);
  synthesized((stack) => examples[identifier(name)]?.call(stack, surroundings(stack)));
  expect(Object.keys(examples)).toContain(identifier(name));
});
