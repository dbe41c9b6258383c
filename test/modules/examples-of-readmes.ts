import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TerraformStack } from 'cdktf';
import ts from 'typescript';
import { bundled } from '../bundled';
import { surroundings } from './example-surroundings';
import { synthesized } from './synthesized';

export const root = join(__dirname, '..', '..');
export const MODULES = readdirSync(join(root, 'modules')).filter((name) =>
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
export function written(): string {
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

/** Makes the bundles that an example names, as its reader makes them. */
export function bundleExamples(): void {
  bundled('examples/invoices/handler.ts', 'dist/invoices.zip');
  bundled('examples/invoices/canary.ts', 'dist/bank-canary.zip');
}

/** Makes what the example of a module makes. */
export function examplesIn(source: string): (name: string, stack: TerraformStack) => void {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const examples: Record<string, Example> = {};
  new Function('require', 'exports', outputText)(require, examples);
  return (name, stack) => {
    const example = examples[identifier(name)];
    if (!example) throw new Error(`the README of ${name} has no example`);
    example.call(stack, surroundings(stack));
  };
}
