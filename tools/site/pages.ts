import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

const below = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => pattern.test(file))
    .sort();

/** The Markdown files that are pages of the site, by their paths in the repository. They stay where they are: none is copied. */
export const PAGES: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...below('docs', /\.md$/),
  ...below('modules', /^modules\/[^/]+\/README\.md$/),
];

/** Where a page stands on the site, as VitePress calls it: `modules/topic/README.md` is `modules/topic.md`. */
export function placeOf(page: string): string {
  if (page === 'README.md') return 'index.md';
  if (page === 'CHANGELOG.md' || page === 'CONTRIBUTING.md') return page.toLowerCase();
  return page
    .replace(/^docs\//, '')
    .replace(/^(modules\/[^/]+)\/README\.md$/, '$1.md')
    .replace(/README\.md$/, 'index.md');
}

const PLACES = new Map(PAGES.map((page) => [placeOf(page), page]));

/** The file of a page, by its place on the site. */
export const fileOf = (place: string): string | undefined => PLACES.get(place);

/** The address of a page below the site's base. */
export const addressOf = (page: string): string =>
  `/${placeOf(page)
    .replace(/(^|\/)index\.md$/, '$1')
    .replace(/\.md$/, '.html')}`;

/** What a page is called: its first heading. */
export function titleOf(page: string): string {
  const title = /^# (.+)$/m.exec(readFileSync(join(ROOT, page), 'utf8'))?.[1];
  if (!title) throw new Error(`${page}: a page of the site begins with a heading: # …`);
  return title.replaceAll('`', '');
}
