import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '..', '..');

/** Bytes of a bundle, by the package or room that they come from. */
function bundled(entry: string): Record<string, number> {
  const script = `
    import { build } from 'esbuild';
    import { functionOptions } from './tools/bundle.mjs';
    const { metafile } = await build({ ...functionOptions, entryPoints: [${JSON.stringify(entry)}], write: false, metafile: true });
    const [{ bytes, inputs }] = Object.values(metafile.outputs);
    const by = { all: bytes };
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? 'own';
      by[name] = (by[name] ?? 0) + bytesInOutput;
    }
    console.log(JSON.stringify(by));
  `;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  return JSON.parse(printed.toString());
}

test('a consumer with ledger, breaker and canary is a bundle of at most 300 kB', () => {
  const { all, ...of } = bundled('examples/invoices/handler.ts');
  expect(all).toBeLessThanOrEqual(300_000);
  expect(Object.keys(of)).not.toContain('@aws-sdk/client-lambda');
  expect(Object.keys(of)).not.toContain('zod');
});

test('what DynamoDB’s client leaves out is left out of it alone', () => {
  expect(Object.keys(bundled('functions/shop/order-history/handler.ts'))).not.toContain(
    '@aws-sdk/middleware-endpoint-discovery',
  );
});

test('a file that is imported for what it does is one that the package says so of', () => {
  const { sideEffects } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { sideEffects: string[] };
  const sources = execFileSync('git', ['ls-files', '*.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const imported = sources.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^import '(\..+)';$/gm)].map(
      ([, path = '']) => `./${relative(root, join(root, dirname(file), path))}.ts`,
    ),
  );
  expect(new Set(imported)).toEqual(new Set(sideEffects));
});
