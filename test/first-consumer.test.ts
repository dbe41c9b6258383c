import { blocksOf, exampleFile, play } from './page-of-example';

const blocks = blocksOf('first-consumer.md');
/** Lines that a reader writes: blank ones and imports are free. */
const lines = (file: string) =>
  exampleFile('invoices', file)
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
  expect(blocks.get(block)).toBe(exampleFile('invoices', file));
});

test('a consumer is at most 25 lines of handler, 12 of contract and canary, and 25 of stack', () => {
  expect(lines('handler.ts')).toBeLessThanOrEqual(25);
  expect(lines('contract.ts') + lines('canary.ts')).toBeLessThanOrEqual(12);
  expect(lines('stack.ts')).toBeLessThanOrEqual(25);
});

test('the outage that the page tests ends as it says', async () => {
  expect(await play(blocks.get('invoices/outage.test.ts') ?? '', 'invoices')).toBe(1);
});
