import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A guard of the production code, and what is left of the place without it. */
export interface Guard {
  readonly guard: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const ROOT = join(__dirname, '..');

/** A module of the tests with production code from which guards are gone. @throws when a guard isn't where it is said to be */
export async function withoutGuards<Module>(entry: string, guards: readonly Guard[]): Promise<Module> {
  const sources = new Map<string, string>();
  for (const { guard, file, from, to } of guards) {
    const path = join(ROOT, file);
    const source = sources.get(path) ?? readFileSync(path, 'utf8');
    if (source.split(from).length !== 2) throw new Error(`${guard}: "${from}" is not once in ${file}`);
    sources.set(
      path,
      source.replace(from, () => to),
    );
  }
  const found = new Set<string>();
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'without-guards',
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const contents = sources.get(path);
            if (contents === undefined) return undefined;
            found.add(path);
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  for (const path of sources.keys()) if (!found.has(path)) throw new Error(`${entry} does not use ${path}`);
  const module = { exports: {} as Module };
  new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '')(module, module.exports, require);
  return module.exports;
}
