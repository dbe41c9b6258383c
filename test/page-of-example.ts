import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');

/** The code that a page shows, by the file that its first line names. */
export const blocksOf = (page: string): ReadonlyMap<string, string> =>
  new Map(
    [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/```(?:ts|js)\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
      ([, file = '', code = '']) => [file, code],
    ),
  );

export const exampleFile = (example: string, file: string): string =>
  readFileSync(join(root, 'examples', example, file), 'utf8');

/** Runs a page's code as it would run in the folder of its example. @param modules what stands in for others */
export function run(code: string, example: string, modules: Readonly<Record<string, unknown>> = {}): void {
  const { outputText } = ts.transpileModule(code.replaceAll("'./", `'../examples/${example}/`), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  new Function('require', 'exports', outputText)((name: string) => modules[name] ?? require(name), {});
}

/** Plays the test that a page shows. @returns how many tests it has */
export async function play(code: string, example: string): Promise<number> {
  const { fetch } = globalThis;
  const played: Promise<void>[] = [];
  const runner = { __esModule: true, default: (_: string, body: () => Promise<void>) => played.push(body()) };
  try {
    run(code, example, { 'node:test': runner });
    await Promise.all(played);
    return played.length;
  } finally {
    globalThis.fetch = fetch;
  }
}
