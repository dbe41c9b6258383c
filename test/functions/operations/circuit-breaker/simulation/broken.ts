import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type History, historyOf } from './histories';

/** A guard of the production code, and what is left of the place without it. */
export interface Break {
  readonly guard: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Where it is looked for first: what is only late shows where everything else is prompt. Default: in every weather. */
  readonly weather?: History['weather'];
}

const ROOT = join(__dirname, '../../../../..');

/** The simulation with production code from which guards are gone. @throws when a guard isn't where it is said to be */
export async function broken(...breaks: readonly Break[]): Promise<typeof import('./simulation')> {
  const sources = new Map<string, string>();
  for (const { guard, file, from, to } of breaks) {
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
    entryPoints: [join(__dirname, 'simulation.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'broken',
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
  for (const path of sources.keys()) if (!found.has(path)) throw new Error(`the simulation does not use ${path}`);
  const module = { exports: {} as typeof import('./simulation') };
  new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '')(module, module.exports, require);
  return module.exports;
}

/** Plays history after history until something goes wrong. @returns the first seed whose history shows it, and what it shows */
export async function firstSeen(
  { Simulation }: typeof import('./simulation'),
  seeds: number,
  weather?: History['weather'],
): Promise<{ readonly seed: number; readonly problem: string } | undefined> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const history = historyOf(seed);
    if (weather && history.weather !== weather) continue;
    const [problem] = await new Simulation(history).run();
    if (problem) return { seed, problem };
  }
  return undefined;
}
