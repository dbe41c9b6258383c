import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContracts } from '../../cli/contracts';
import { formatFor } from '../../cli/repair/format';
import { NOTE } from '../../functions/runtime/note';

const ROOT = join(__dirname, '..', '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-contracts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

test('a contract is read from its source, whatever its schema’s library', async () => {
  for (const [file, name, good, bad] of [
    [
      'examples/invoices/contract.ts',
      'invoices',
      { invoiceNumber: 'i-1', iban: 'DE', cents: 1 },
      { invoiceNumber: 'i-1' },
    ],
    ['functions/shop/order-consumer/contract.ts', 'order-consumer', undefined, { orderId: 'order-0001' }],
  ] as const) {
    const contracts = loadContracts([file], ROOT);
    expect([...contracts.keys()]).toEqual([name]);
    const format = formatFor({ MessageId: 'm' }, contracts);
    if (good) expect(await format?.problemOf(JSON.stringify(good))).toBeUndefined();
    expect(await format?.problemOf(JSON.stringify(bad))).toMatch(/ is missing/);
    expect(await format?.identityOf(JSON.stringify(bad))).toBe(Object.values(bad)[0]);
  }
});

test('those of a project are named in its package.json, and each message is its own consumer’s', () => {
  const contracts = loadContracts([], join(ROOT, 'docs'));
  expect([...contracts.keys()].sort()).toEqual([
    'broker-order-consumer',
    'enrich-clicks',
    'order-consumer',
    'order-saga/start',
  ]);
  const from = (consumer: string) => ({
    MessageAttributes: { [NOTE]: { DataType: 'String', StringValue: JSON.stringify({ reason: 'poison', consumer }) } },
  });
  expect(formatFor(from('order-saga/start'), contracts)?.consumer).toBe('order-saga/start');
  expect(formatFor(from('invoices'), contracts)).toBeUndefined();
});

test('what is no contract is named, with what is wrong with it', () => {
  write('none.ts', 'export const a = 1;');
  write('broken.ts', 'export const = 1;');
  const loading = (file: string) => () => loadContracts([file], folder);
  expect(loading('gone.ts')).toThrow(/gone.ts is not there; a contract is a file that exports defineConsumer/);
  expect(loading('none.ts')).toThrow(/none.ts exports no consumer's contract/);
  expect(loading('broken.ts')).toThrow(/broken.ts can't be read as a contract/);
  write('package.json', '{"spillway":{"contracts":"one.ts"}}');
  expect(() => loadContracts([], folder)).toThrow(/spillway.contracts takes a list of paths/);
  write('package.json', '{}');
  expect(loadContracts([], folder).size).toBe(0);
});
