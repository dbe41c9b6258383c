import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOURCES } from './functions/runtime/conformance/sources';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, table = ''] = /^## Which service has which pattern\n([\s\S]*?)^## /m.exec(readme) ?? [];
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| ['))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const [, ...columns] = (/^\| service \|.*$/m.exec(table)?.[0] ?? '').split('|').slice(1, -1);

/** Folder of a test → what it runs on, as the table calls it. */
const KINDS: readonly (readonly [folder: string, kind: string])[] = [
  ['test/scenarios/', 'emulator'],
  ['test/emulator/', 'emulator'],
  ['test/brokers/', 'real broker'],
  ['test/functions/runtime/conformance/', 'memory'],
  ['test/modules/', 'Terraform'],
];

test('every service of the talk is in the table, under every pattern', () => {
  const services = rows.map(([service = '']) => /\[(.+)\]/.exec(service)?.[1]);
  expect(services).toEqual([
    ...['SQS', 'SQS FIFO', 'SNS', 'EventBridge', 'Kinesis', 'DynamoDB streams', 'MSK, Kafka', 'ActiveMQ', 'RabbitMQ'],
  ]);
  expect(columns).toHaveLength(5);
  for (const [service, ...cells] of rows)
    expect([service, cells.length, cells.includes('')]).toEqual([service, 5, false]);
});

test.each(rows.flatMap(([service = '', ...cells]) => cells.map((cell, at) => [service, columns[at]?.trim(), cell])))(
  '%s, %s: the cell leads to a test that is there, or says why there is none',
  (_, __, cell = '') => {
    if (/^(AWS|— [¹²])$/.test(cell)) return;
    const [, kind = '', file = '', name = ''] = /^\[([^\]]+)\]\((\S+) "(.+)"\)$/.exec(cell) ?? [];
    expect(KINDS.find(([folder]) => file.startsWith(folder))?.[1]).toBe(kind);
    expect(existsSync(join(root, file))).toBe(true);
    const source = readFileSync(join(root, file), 'utf8');
    const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``];
    expect(quoted.some((one) => source.includes(`(${one}`) || source.includes(`(\n${one}`))).toBe(true);
  },
);

test('what is said to be proved in memory is a source of the conformance suite', () => {
  const proved = rows.filter((cells) => cells.some((cell) => cell.startsWith('[memory]')));
  const names = proved.map(([service = '']) => /\[(?:MSK, )?(.+)\]/.exec(service)?.[1]);
  expect(names.filter((name) => !SOURCES.some((source) => source.name === name))).toEqual([]);
  for (const [, note] of table.matchAll(/— ([¹²])/g)) expect(table).toContain(`${note} `);
});
