import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { costs, monthly, SETUPS } from '../../../modules/broker/cost';

const readme = readFileSync(join(__dirname, '../../../modules/broker/README.md'), 'utf8');

test('the README says what the price table says (npx tsx tools/broker-cost.ts writes it)', () => {
  expect(readme.match(/<!-- costs -->\n([\s\S]*?)\n<!-- end -->/)?.[1]).toBe(costs());
});

test('a pair alone is $420.48: two instances, all month', () => {
  expect(SETUPS[0]?.items[0] && monthly(SETUPS[0].items[0])).toBeCloseTo(420.48, 2);
});
