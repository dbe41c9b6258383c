// `npx tsx tools/broker-cost.ts`: prints what brokers cost a month, and writes it into modules/broker/README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costs } from '../modules/broker/cost';

const readme = join(__dirname, '..', 'modules', 'broker', 'README.md');
const text = costs();
const section = /(<!-- costs -->\n)[\s\S]*?(\n<!-- end -->)/;
const before = readFileSync(readme, 'utf8');
if (!section.test(before))
  throw new Error('modules/broker/README.md has no section between "<!-- costs -->" and "<!-- end -->"');
writeFileSync(
  readme,
  before.replace(section, (_, begin: string, end: string) => `${begin}${text}${end}`),
);
console.log(text);
