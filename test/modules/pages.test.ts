import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costSection } from '../../tools/module-pages/cost';
import { bundleExamples, MODULES, root } from './examples-of-readmes';
import { pageOf, pictureFile } from './pages';

/** `npm run module-pages` writes what this compares. */
const WRITES = process.env.SPILLWAY_WRITE_MODULE_PAGES === '1';

const SECTIONS = ['Outputs', 'Example', 'Cost', 'Limits', 'Failure modes'];
/** Modules of one resource, or of a ground for others: there is nothing between their parts to draw. */
const DRAWS_NOTHING = new Set([
  'alarm',
  'alarm-topic',
  'dead-letter-queue',
  'encrypted-queue',
  'encryption-key',
  'log-group',
  'network',
]);
const COST = /(<!-- cost -->\n)[\s\S]*?(\n<!-- end -->)/;
const readmeFile = (name: string) => join(root, 'modules', name, 'README.md');

beforeAll(bundleExamples);

test.each(MODULES)('the page of %s has every section that a page of a module has', (name) => {
  const readme = readFileSync(readmeFile(name), 'utf8');
  const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect([name, SECTIONS.filter((section) => !headings.includes(section))]).toEqual([name, []]);
  const section = (heading: string) =>
    new RegExp(`^## ${heading}\\n+([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(readme)?.[1] ?? '';
  for (const heading of ['Limits', 'Failure modes']) expect(section(heading).length).toBeGreaterThan(80);
  expect([name, DRAWS_NOTHING.has(name) || /^```\n|docs\/pictures\/modules\//m.test(readme)]).toEqual([name, true]);
  // Its purpose, before anything else.
  expect(readme).toMatch(/^# \S+\n\n[A-Z`]/);
});

test.each(MODULES)('the page of %s has the picture and the cost of its example', async (name) => {
  const { picture, idle } = await pageOf(name);
  const [readme, file] = [readFileSync(readmeFile(name), 'utf8'), pictureFile(name)];
  const image = `![What the example makes](../../docs/pictures/modules/${name}.svg)`;
  if (WRITES) {
    if (picture) writeFileSync(file, picture);
    else rmSync(file, { force: true });
    const withCost = readme.replace(
      COST,
      (_, begin: string, end: string) => `${begin}${costSection(name, idle)}${end}`,
    );
    const withPicture = picture && !readme.includes(image) ? withCost.replace(/^## /m, `${image}\n\n## `) : withCost;
    writeFileSync(readmeFile(name), picture ? withPicture : withPicture.replace(`${image}\n\n`, ''));
    return;
  }
  const outdated = `the page of ${name} is old: npm run module-pages`;
  expect([outdated, COST.exec(readme)?.[0]]).toEqual([
    outdated,
    `<!-- cost -->\n${costSection(name, idle)}\n<!-- end -->`,
  ]);
  expect([outdated, existsSync(file) ? readFileSync(file, 'utf8') : undefined]).toEqual([outdated, picture]);
  expect([outdated, readme.includes(image)]).toEqual([outdated, picture !== undefined]);
});
