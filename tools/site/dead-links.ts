import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const attributes = (html: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`<[a-z][^>]*\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) =>
    value.replaceAll('&amp;', '&'),
  );

/** What a built site's pages lead to that isn't there: files, pages, and headings of pages. As `page: link`. */
export function deadLinks(site: string, base: string): string[] {
  const pages = new Map(
    readdirSync(site, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html') && file !== '404.html')
      .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(site, file), 'utf8')]),
  );
  const anchors = new Map([...pages].map(([file, html]) => [file, new Set(attributes(html, 'id'))]));
  const leadsNowhere = (page: string, link: string): boolean => {
    if (/^([a-z][a-z+.-]*:|\/\/)/i.test(link)) return false;
    const [address = '', fragment = ''] = link.split('#').map(decodeURIComponent);
    if (address.startsWith('/') && !address.startsWith(base)) return true;
    const path = address.startsWith('/') ? address.slice(base.length) : posix.join(posix.dirname(page), address);
    const file = address === '' ? page : path === '' || path.endsWith('/') ? `${path}index.html` : path;
    const there = anchors.get(file);
    return there ? fragment !== '' && !there.has(fragment) : !existsSync(join(site, file));
  };
  return [...pages].flatMap(([page, html]) =>
    [...new Set([...attributes(html, 'href'), ...attributes(html, 'src')])]
      .filter((link) => leadsNowhere(page, link))
      .map((link) => `${page}: ${link}`),
  );
}
