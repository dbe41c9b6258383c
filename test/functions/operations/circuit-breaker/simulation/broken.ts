import { join } from 'node:path';
import { type Guard, withoutGuards } from '../../../../without-guards';
import { type History, historyOf } from './histories';

/** @see Guard */
export interface Break extends Guard {
  /** Where it is looked for first: what is only late shows where everything else is prompt. Default: in every weather. */
  readonly weather?: History['weather'];
}

/** The simulation with production code from which guards are gone. @throws when a guard isn't where it is said to be */
export const broken = (...breaks: readonly Break[]) =>
  withoutGuards<typeof import('./simulation')>(join(__dirname, 'simulation.ts'), breaks);

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
