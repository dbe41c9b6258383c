import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(__dirname, '../..');
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly dependencies?: Record<string, string> }>
  >;
}
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
// It runs before there is anything that could load it here.
const script = `
  import { START_PACKAGES, startLock } from './tools/start-packages.mjs';
  import { readFileSync } from 'node:fs';
  console.log(JSON.stringify({ START_PACKAGES, start: startLock(JSON.parse(readFileSync('package-lock.json', 'utf8'))) }));
`;
const { START_PACKAGES, start } = JSON.parse(
  execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  }),
) as { START_PACKAGES: string[]; start: Lock };
const below = (folder: string, pattern: RegExp) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => join(ROOT, folder, file));

/** Names of packages that our own sources ask for. */
async function askedFor(entryPoints: string[], platform: 'node' | 'browser'): Promise<string[]> {
  const { metafile } = await build({
    ...{ entryPoints, platform, bundle: true, write: false, metafile: true, packages: 'external' },
    ...{ format: 'esm', absWorkingDir: ROOT, outdir: 'nowhere', logLevel: 'error' },
  });
  return Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports
      .filter(({ external }) => external)
      .flatMap(({ path }) => /^(?!node:)(?:@[^/]+\/)?[^/]+(?=\/|$)/.exec(path)?.[0] ?? []),
  );
}

test('what npm start installs is what its sources ask for, and no more of the development packages', async () => {
  const asked = new Set([
    ...(await askedFor(
      [join(ROOT, 'main.ts'), join(ROOT, 'local/start.ts'), ...below('functions', /handler\.ts$/)],
      'node',
    )),
    ...(await askedFor(below('environments', /^[^/]+\.ts$/), 'node')),
    ...(await askedFor(below('web', /^[^/]+\/[^/]+\.ts$/), 'browser')),
    ...below('tools', /^(build|bundle|cdktn|setup|start)\.mjs$/).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'((?:@[^/]+\/)?[^/.'][^/']*)/g)].map(
        ([, name = '']) => name,
      ),
    ),
  ]);
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const known = [...asked].filter((name) => name in dependencies || name in devDependencies);
  expect(known.filter((name) => !(name in dependencies)).sort()).toEqual([...START_PACKAGES].sort());
});

test('everything that these packages depend on is there, in the version of the lock file, and a fraction of it', () => {
  const { '': own, ...kept } = start.packages;
  expect(Object.keys(kept).length).toBeLessThan(Object.keys(lock.packages).length / 3);
  for (const [path, entry] of Object.entries(kept)) {
    expect(lock.packages[path]).toEqual(entry);
    const folders = path
      .split('/node_modules/')
      .map((_, index, parts) => `${parts.slice(0, index + 1).join('/node_modules/')}/`);
    const there = (name: string) => ['', ...folders].some((folder) => kept[`${folder}node_modules/${name}`]);
    expect([path, Object.keys(entry.dependencies ?? {}).filter((name) => !there(name))]).toEqual([path, []]);
  }
  for (const [name, version] of Object.entries(own?.dependencies ?? {}))
    expect(kept[`node_modules/${name}`]?.version).toBe(version);
});
