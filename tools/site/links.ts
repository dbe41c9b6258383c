import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { addressOf, fileOf, PAGES, ROOT } from './pages';

/** A token of markdown-it, as far as a link needs it. */
interface Token {
  readonly type: string;
  tag: string;
  attrs: [string, string][] | null;
  readonly children: Token[] | null;
}

/** What a link of a page leads to: another page, a file of the repository, or something that isn't ours. */
export type Target =
  | { readonly kind: 'page'; readonly address: string }
  | { readonly kind: 'source'; readonly path: string; readonly fragment: string }
  | { readonly kind: 'elsewhere' };

/**
 * @param page path of the page that has the link, in the repository
 * @throws if nothing is there: a dead link fails the build
 */
export function targetOf(page: string, link: string): Target {
  if (/^([a-z][a-z+.-]*:|\/\/|#)/i.test(link)) return { kind: 'elsewhere' };
  const [, file = '', fragment = ''] = /^([^#]*)(#.*)?$/.exec(link) ?? [];
  const path = posix.join(posix.dirname(page), decodeURI(file)).replace(/\/$/, '');
  if (path.startsWith('../') || !existsSync(join(ROOT, path)))
    throw new Error(`${page}: the link ${link} leads to ${path}, which is not there`);
  const found = [path, `${path}/README.md`].find((each) => PAGES.includes(each));
  return found ? { kind: 'page', address: `${addressOf(found)}${fragment}` } : { kind: 'source', path, fragment };
}

/**
 * Lets links between Markdown files, which are written as GitHub reads them, lead to the same on the site.
 *
 * @param repository address that a path of the repository is put behind; undefined where nobody knows it, and a source is named only
 */
export function linksOf(repository: string | undefined) {
  const rewrite = (page: string, tokens: readonly Token[]): void => {
    /** Links that are open: what ends them ends as it began. */
    const open: string[] = [];
    for (const token of tokens) {
      if (token.children) rewrite(page, token.children);
      if (token.type === 'link_close') token.tag = open.pop() ?? token.tag;
      if (token.type !== 'link_open') continue;
      const attributes = new Map(token.attrs);
      const target = targetOf(page, attributes.get('href') ?? '');
      if (target.kind === 'page') attributes.set('href', target.address);
      if (target.kind === 'source' && repository)
        attributes.set('href', `${repository}/${target.path}${target.fragment}`);
      if (target.kind === 'source' && !repository) {
        attributes.delete('href');
        attributes.set('title', [target.path, attributes.get('title')].filter(Boolean).join(': '));
        token.tag = 'span';
      }
      open.push(token.tag);
      token.attrs = [...attributes];
    }
  };
  return (state: { readonly tokens: Token[]; readonly env: { readonly relativePath?: string } }): void => {
    const page = fileOf(state.env.relativePath ?? '') ?? state.env.relativePath;
    if (page) rewrite(page, state.tokens);
  };
}

/** As GitHub makes anchors of headings, so that a link to one holds in both places. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
