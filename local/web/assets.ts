import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const WEB = join(__dirname, '..', '..', 'web');

/** Address → the page's file. */
const PAGES = { '/': 'shop/shop.html', '/operations': 'operations/operations.html', '/desk': 'desk/desk.html' };

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export interface Asset {
  readonly type: string;
  readonly body: string;
}

/** Everything that browsers load, bundled once and kept in memory: address → file. */
export async function buildAssets(): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  const add = (address: string, file: string, body: string) =>
    assets.set(address, { body, type: TYPES[file.split('.').pop() ?? ''] ?? 'application/octet-stream' });

  const pages = Object.entries(PAGES).map(async ([address, file]) =>
    add(address, file, await readFile(join(WEB, file), 'utf8')),
  );
  const icon = readFile(join(WEB, 'icon.svg'), 'utf8').then((body) => add('/assets/icon.svg', 'icon.svg', body));
  const bundle = await build({
    entryPoints: ['shop', 'operations', 'desk'].flatMap((page) =>
      ['ts', 'css'].map((kind) => join(WEB, page, `${page}.${kind}`)),
    ),
    outdir: '/assets',
    entryNames: '[name]',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  for (const { path, text } of bundle.outputFiles) add(`/assets/${basename(path)}`, basename(path), text);
  await Promise.all([...pages, icon]);
  return assets;
}
