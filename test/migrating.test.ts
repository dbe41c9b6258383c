import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');
const page = readFileSync(join(ROOT, 'docs', 'migrating.md'), 'utf8');

test('what the page has before and after compiles, each with what it imports', () => {
  // Below the project, so that packages are found as a reader's are.
  mkdirSync(join(ROOT, '.spillway'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.spillway', 'migrating-'));
  try {
    const files = [...page.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, path = '', code = '']) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), code);
      return join(folder, path);
    });
    expect(files).toHaveLength(6);
    for (const part of ['before', 'after']) {
      writeFileSync(
        join(folder, part, 'pay.ts'),
        'export const pay = async (invoice: { invoiceNumber: string }) => ({ transferId: invoice.invoiceNumber });',
      );
      writeFileSync(
        join(folder, part, 'contract.ts'),
        `export { invoices } from '${ROOT}/examples/invoices/contract';`,
      );
    }
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config,
      ts.sys,
      ROOT,
    );
    const program = ts.createProgram(files, { ...options, noEmit: true, noUnusedLocals: false });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => file?.fileName.startsWith(folder))
      .map(
        ({ messageText, file }) =>
          `${file?.fileName.slice(folder.length)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
