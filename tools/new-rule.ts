/** `npm run new-rule FAMILY/NAME` makes a rule of the plan review with its test and its page; without a name it only writes the indices again. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FAMILIES, INDEX, PAGES_INDEX, pagesIndex, placesOf, ROOT, ruleIds, ruleIndex } from './rules/generated';
import { scaffold } from './rules/scaffold';

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
};

function problemOf(id: string): string | undefined {
  const [family = ''] = id.split('/');
  if (!/^[a-z]+\/[a-z]+(-[a-z]+)*$/.test(id) || !(family in FAMILIES))
    return `"${id}" is not FAMILY/NAME: npm run new-rule loss/queue-emptied. Families: ${Object.keys(FAMILIES).join(', ')}; the name in small letters with dashes.`;
  const taken = Object.values(placesOf(id)).find((path) => existsSync(join(ROOT, path)));
  return taken && `there is a ${id} already: ${taken}`;
}

async function main(id: string | undefined): Promise<void> {
  const problem = id === undefined ? undefined : problemOf(id);
  if (problem) {
    console.error(`new-rule: ${problem}`);
    process.exitCode = 2;
    return;
  }
  const files = id === undefined ? {} : scaffold(id);
  for (const [path, text] of Object.entries(files)) write(path, text);
  write(INDEX, ruleIndex(ruleIds()));
  const { RULES } = await import('../review/rules');
  write(PAGES_INDEX, pagesIndex(RULES));
  for (const path of [...Object.keys(files), INDEX, PAGES_INDEX]) console.log(path);
  if (id !== undefined)
    console.log(
      `\nReplace what is "to be written", then: npx jest test/review/rules --selectProjects unit -t ${id}\nOne plan of a whole shop is held to every rule: where this one speaks of it, add what it says to the lists in test/review/shop/*.test.ts.`,
    );
}

main(process.argv[2]);
