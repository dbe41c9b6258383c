import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MEANINGS, type Rule } from '../../review/rules/rule';

export const ROOT = join(__dirname, '../..');
export const INDEX = 'review/rules/index.ts';
export const PAGES_INDEX = 'docs/rules/README.md';

/** Every family with the heading of its rules, in the order of the pages' index. */
export const FAMILIES: Readonly<Record<string, string>> = {
  loss: 'Loss',
  storm: 'Storms',
  stop: 'Stops',
  blind: 'Blindness',
  exposure: 'Exposure',
  cost: 'Cost',
  plan: 'The plan itself',
};

/** Where the parts of a rule stand. */
export const placesOf = (id: string) => ({
  rule: `review/rules/${id}.ts`,
  test: `test/review/rules/${id}.test.ts`,
  page: `docs/rules/${id.replace('/', '-')}.md`,
});

/** The rules as `family/name`: every file in the folder of a family is one. */
export function ruleIds(): string[] {
  const folder = join(ROOT, 'review/rules');
  return Object.keys(FAMILIES)
    .flatMap((family) => readdirSync(join(folder, family)).map((file) => `${family}/${file.replace(/\.ts$/, '')}`))
    .sort();
}

const variable = (id: string): string => id.replace(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase());

/** What `review/rules/index.ts` has to say: plain imports, which bundlers and type checkers follow. */
export function ruleIndex(ids: readonly string[]): string {
  const imports = [...ids.map((id) => `{ rule as ${variable(id)} } from './${id}'`), "type { Rule } from './rule'"];
  const specifier = (text: string) => text.split("'")[1] ?? '';
  return [
    '// Written by `npm run new-rule`: every file in the folder of a family is a rule.',
    ...imports.sort((a, b) => (specifier(a) < specifier(b) ? -1 : 1)).map((text) => `import ${text};`),
    '',
    '/** All rules, by their id. */',
    'export const RULES: readonly Rule[] = [',
    ...ids.map((id) => `  ${variable(id)},`),
    '];',
    '',
  ].join('\n');
}

/** What `docs/rules/README.md` has to say. */
export function pagesIndex(rules: readonly Rule[]): string {
  const row = ({ id, severity, title }: Rule) => `| [${id}](${id.replace('/', '-')}.md) | ${severity} | ${title} |\n`;
  const sections = Object.entries(FAMILIES).map(
    ([family, heading]) =>
      `\n## ${heading}\n\n| rule | usual severity | what |\n|---|---|---|\n${rules
        .filter(({ id }) => id.startsWith(`${family}/`))
        .map(row)
        .join('')}`,
  );
  const meanings = Object.entries(MEANINGS).map(([severity, meaning]) => `| ${severity} | ${meaning} |\n`);
  return `# Rules of plan review

Each page has an example that fires and a near miss that does not; both are plans, cut down to what matters, and the tests run them.
How to read a report, to suppress a finding and to set a rule differently: [plan review](../plan-review.md).

| severity | what it means |
|---|---|
${meanings.join('')}${sections.join('')}`;
}
