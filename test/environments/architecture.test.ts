import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pictureOfStack } from '../modules/pages';
import { everyStack } from './every-stack';

const DOCS = join(__dirname, '..', '..', 'docs');
const page = readFileSync(join(DOCS, 'architecture.md'), 'utf8');
/** The stacks that the page shows, by the names of their pictures. */
const SHOWN = [...page.matchAll(/\]\(pictures\/stacks\/([\w-]+)\.svg\)/g)].map(([, name = '']) => name);

const stacks = new Map(everyStack().map((stack) => [stack.name, stack]));

test('the page on architecture shows stacks', () => {
  expect(SHOWN.length).toBeGreaterThan(2);
});

/** `npm run module-pages` writes what this compares. */
test.each(SHOWN)('the picture of %s is drawn from what is synthesized now', async (name) => {
  const stack = stacks.get(name);
  expect([name, [...stacks.keys()]]).toEqual([name, expect.arrayContaining([name])]);
  const picture = await pictureOfStack(name, stack);
  const file = join(DOCS, 'pictures', 'stacks', `${name}.svg`);
  if (process.env.SPILLWAY_WRITE_MODULE_PAGES === '1') return writeFileSync(file, picture ?? '');
  expect(readFileSync(file, 'utf8')).toBe(picture);
});
