import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** What is written by hand; not what is installed or built. */
const files = readdirSync(ROOT, { withFileTypes: true })
  .filter(({ name }) => !/^(node_modules|dist|coverage|cdktf\.out|\.git|\.spillway)$/.test(name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(ROOT, entry.name), { recursive: true, withFileTypes: true })
          .filter((each) => each.isFile())
          .map((each) => relative(ROOT, join(each.parentPath, each.name)))
      : [entry.name],
  );
const documents = files.filter((file) => file.endsWith('.md'));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

test('there are documents to look at', () => {
  expect(documents).toContain('README.md');
  expect(documents.length).toBeGreaterThan(20);
});

test('every npm script that a document or a message names is there', () => {
  const named = files
    .filter((file) => /\.(md|ts|mjs|js|html|yml)$/.test(file) && file !== 'test/documents.test.ts')
    .flatMap((file) =>
      [...read(file).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name]) => `${file}: ${name}`),
    );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((each) => !((each.split(': ')[1] ?? '') in scripts))).toEqual([]);
});

test('nothing tells anybody to run a package of this name from npm, where it is not ours', () => {
  const told = files
    .filter((file) => /\.(md|ts|mjs|js|yml)$/.test(file) && file !== 'test/documents.test.ts')
    .filter((file) => /\b(npx|npm exec|npm i|npm install -g)( -[gy]| --yes)? spillway\b/.test(read(file)));
  expect(told).toEqual([]);
});

test('every link of a document leads to a file that is there', () => {
  const broken = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)].flatMap(([, link = '']) =>
      existsSync(join(ROOT, dirname(file), link)) ? [] : [`${file}: ${link}`],
    ),
  );
  expect(broken).toEqual([]);
});

test('every action of a workflow is pinned by its commit: a tag can be moved', () => {
  const actions = files
    .filter((file) => file.startsWith('.github/workflows/'))
    .flatMap((file) => [...read(file).matchAll(/^\s*-? ?uses: (\S+)/gm)].map(([, action = '']) => action));
  expect(actions.length).toBeGreaterThan(5);
  expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
});

test('a workflow is granted nothing that a job of it doesn’t ask for, but at most to read the repository', () => {
  const workflows = files.filter((file) => file.startsWith('.github/workflows/'));
  const generous = workflows.filter((file) => !/^permissions:( \{\}|\n {2}contents: read\n(?! ))/m.test(read(file)));
  expect(workflows.length).toBeGreaterThan(4);
  expect(generous).toEqual([]);
});
