import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');
const page = readFileSync(join(root, 'docs', 'first-consumer.md'), 'utf8');
/** Blocks of code by the file that their first line names. */
const blocks = new Map(
  [...page.matchAll(/```(?:ts|js)\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, file = '', code = '']) => [file, code]),
);
/** Lines that a reader writes: blank ones and imports are free. */
const lines = (file: string) =>
  readFileSync(join(root, 'examples/invoices', file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith('import ')).length;

test.each([
  ['invoices/contract.ts', 'contract.ts'],
  ['invoices/handler.ts', 'handler.ts'],
  ['invoices/canary.ts', 'canary.ts'],
  ['invoices/stack.ts', 'stack.ts'],
  ['invoices/outage.test.ts', 'outage.test.ts'],
  ['build.mjs', 'build.mjs'],
])('the page shows %s as the example has it', (block, file) => {
  expect(blocks.get(block)).toBe(readFileSync(join(root, 'examples/invoices', file), 'utf8'));
});

test('a consumer is at most 25 lines of handler, 12 of contract and canary, and 25 of stack', () => {
  expect(lines('handler.ts')).toBeLessThanOrEqual(25);
  expect(lines('contract.ts') + lines('canary.ts')).toBeLessThanOrEqual(12);
  expect(lines('stack.ts')).toBeLessThanOrEqual(25);
});

test('the outage that the page tests ends as it says', async () => {
  const code = blocks.get('invoices/outage.test.ts') ?? '';
  const { outputText } = ts.transpileModule(code.replace("'./handler'", "'../examples/invoices/handler'"), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const { fetch } = globalThis;
  const played: Promise<void>[] = [];
  const runner = { __esModule: true, default: (_: string, body: () => Promise<void>) => played.push(body()) };
  try {
    new Function('require', 'exports', outputText)(
      (name: string) => (name === 'node:test' ? runner : require(name)),
      {},
    );
    await Promise.all(played);
    expect(played).toHaveLength(1);
  } finally {
    globalThis.fetch = fetch;
  }
});
