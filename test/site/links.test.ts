import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadLinks } from '../../tools/site/dead-links';
import { anchorOf, targetOf } from '../../tools/site/links';
import { addressesIn, navigation } from '../../tools/site/navigation';
import { addressOf, PAGES, placeOf } from '../../tools/site/pages';
import { serve } from '../../tools/site/serve';

test('every page of the site stands once in its navigation, and has an address of its own', () => {
  const wanted = PAGES.map(addressOf).sort();
  expect(addressesIn(navigation()).sort()).toEqual(wanted);
  expect(new Set(PAGES.map(placeOf)).size).toBe(PAGES.length);
});

test.each([
  [
    'another page',
    'docs/streams.md',
    'migrating.md#from-sqs-consumer',
    { kind: 'page', address: '/migrating.html#from-sqs-consumer' },
  ],
  ['a module', 'docs/streams.md', '../modules/topic', { kind: 'page', address: '/modules/topic.html' }],
  ['a folder with a README', 'README.md', 'docs/runbooks/', { kind: 'page', address: '/runbooks/' }],
  ['the first page', 'docs/adopting.md', '../README.md#deploy-it', { kind: 'page', address: '/#deploy-it' }],
  [
    'a source',
    'modules/broker/README.md',
    'cost.ts#L3',
    { kind: 'source', path: 'modules/broker/cost.ts', fragment: '#L3' },
  ],
  ['a folder', 'README.md', 'docs/decisions', { kind: 'source', path: 'docs/decisions', fragment: '' }],
  ['elsewhere', 'README.md', 'https://example.com', { kind: 'elsewhere' }],
])('a link to %s leads there on the site', (_, page, link, target) => {
  expect(targetOf(page, link)).toEqual(target);
});

test('a link to what is not there fails the build, and says where it stands', () => {
  expect(() => targetOf('docs/streams.md', 'gone.md')).toThrow(
    'docs/streams.md: the link gone.md leads to docs/gone.md',
  );
  expect(() => targetOf('README.md', '../elsewhere.md')).toThrow('README.md: the link ../elsewhere.md');
});

test('headings have the anchors that GitHub gives them', () => {
  expect(['What it *isn’t*', 'Who may call it?', 'A / B & `c_d`', '1. Größe'].map(anchorOf)).toEqual([
    'what-it-isnt',
    'who-may-call-it',
    'a--b--c_d',
    '1-größe',
  ]);
});

describe('a built site', () => {
  let site: string;
  beforeAll(() => {
    site = mkdtempSync(join(tmpdir(), 'site-'));
    mkdirSync(join(site, 'rules'));
    const link = (...links: string[]) => links.map((each) => `<a class="x" href="${each}">x</a>`).join('');
    writeFileSync(
      join(site, 'index.html'),
      `<h2 id="here">x</h2>${link('#here', '/base/rules/', '/base/rules/#there')}`,
    );
    writeFileSync(
      join(site, 'rules', 'index.html'),
      link('../index.html#here', '/base/gone.html', '/elsewhere', '#gone'),
    );
  });
  afterAll(() => rmSync(site, { recursive: true }));

  test('has dead links named: a page, a heading and an address outside of its base', () => {
    expect(deadLinks(site, '/base/')).toEqual([
      'index.html: /base/rules/#there',
      'rules/index.html: /base/gone.html',
      'rules/index.html: /elsewhere',
      'rules/index.html: #gone',
    ]);
  });

  test('is served to this machine alone, and nothing outside of it is', async () => {
    writeFileSync(join(site, '404.html'), 'not here');
    const server = await serve(site, 0);
    const { address, port } = server.address() as AddressInfo;
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    try {
      expect(address).toBe('127.0.0.1');
      expect(await get('/')).toContain('id="here"');
      expect(await get('/rules/')).toContain('gone.html');
      for (const path of ['/gone', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '/%'])
        expect([path, await get(path)]).toEqual([path, 'not here']);
    } finally {
      server.close();
    }
  });
});
