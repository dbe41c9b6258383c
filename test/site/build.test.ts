import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../tools/site/pages';

/** What VitePress's page searches with; it is VitePress's dependency and none of ours. */
const ofVitePress = createRequire(join(ROOT, 'node_modules', 'vitepress', 'package.json'));
const MiniSearch = ofVitePress('minisearch') as {
  loadJSON(json: string, options: object): { search(words: string): { id: string }[] };
};

let site: string;
beforeAll(() => {
  site = mkdtempSync(join(tmpdir(), 'spillway-site-'));
  const command = ['--import', 'tsx', join('tools', 'site', 'index.ts'), '--into', site];
  // As on GitHub Pages: below the repository's name.
  const env = {
    ...process.env,
    SPILLWAY_DOCS_BASE: '/spillway/',
    GITHUB_REPOSITORY: 'acme/spillway',
    GITHUB_SHA: 'abc',
  };
  execFileSync(process.execPath, command, { cwd: ROOT, env, stdio: 'pipe' });
}, 300_000);
afterAll(() => rmSync(site, { recursive: true, force: true }));

test('every module has a page', () => {
  const modules = readdirSync(join(ROOT, 'modules')).filter((name) =>
    existsSync(join(ROOT, 'modules', name, 'README.md')),
  );
  expect(modules.length).toBeGreaterThan(20);
  expect(modules.filter((name) => !existsSync(join(site, 'modules', `${name}.html`)))).toEqual([]);
});

test('links between documents lead to pages, those to sources to the repository', () => {
  const html = readFileSync(join(site, 'index.html'), 'utf8');
  expect(html).toContain('href="/spillway/first-consumer.html"');
  expect(html).toContain('href="https://github.com/acme/spillway/blob/abc/test/scenarios/protected.test.ts"');
});

test('the search finds poison, offline', () => {
  const chunks = join(site, 'assets', 'chunks');
  const [index = ''] = readdirSync(chunks).filter((file) => file.startsWith('@localSearchIndex'));
  const [, literal = ''] = /^const \w+=(.*);export/s.exec(readFileSync(join(chunks, index), 'utf8')) ?? [];
  const json = new Function(`return ${literal}`)() as string;
  const found = MiniSearch.loadJSON(json, { fields: ['title', 'titles', 'text'] })
    .search('poison')
    .map(({ id }) => id);
  expect(found.length).toBeGreaterThan(5);
  expect(found.join('\n')).toContain('/modules/tiered-queue.html');
});

test('a page loads nothing from anywhere else', () => {
  const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  const foreign = pages.flatMap((page) =>
    [
      ...readFileSync(join(site, page), 'utf8').matchAll(
        /<(?:script|img|iframe|link)\b[^>]*?(?:src|href)="(https?:[^"]+)"/g,
      ),
    ].map(([, url]) => `${page}: ${url}`),
  );
  expect(pages.length).toBeGreaterThan(100);
  expect(foreign).toEqual([]);
});
