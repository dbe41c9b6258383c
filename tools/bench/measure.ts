import { spawnSync } from 'node:child_process';

export interface Figures {
  /** Milliseconds of wall time: the middle one of all runs. */
  readonly ms: number;
  /** Milliseconds of processor time, which others on the machine hardly change; 0 for a command that doesn't print `cpu=`. */
  readonly cpuMs: number;
  /** Megabytes of resident memory at its highest; 0 where the system has no `/usr/bin/time`. */
  readonly megabytes: number;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/**
 * Times commands as whole processes, in turn (A B C A B C …), so that a machine that slows down slows all of them.
 *
 * @param runs counted runs of each, after one that is not counted
 */
export function timeCommands<Name extends string>(
  commands: Record<
    Name,
    { command: string; parameters: string[]; environment?: NodeJS.ProcessEnv; cwd?: string; runs?: number }
  >,
  runs: number,
): Record<Name, Figures> {
  const names = Object.keys(commands) as Name[];
  const times = new Map(names.map((name): [Name, number[]] => [name, []]));
  const memory = new Map(names.map((name): [Name, number[]] => [name, []]));
  const processor = new Map(names.map((name): [Name, number[]] => [name, []]));
  for (let run = 0; run <= runs; run += 1) {
    for (const name of names) {
      const { command, parameters, environment, cwd, runs: own = runs } = commands[name];
      if (run > own) continue;
      const started = process.hrtime.bigint();
      const child = spawnSync(command, parameters, {
        cwd,
        env: { ...process.env, ...environment },
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const ms = Number(process.hrtime.bigint() - started) / 1e6;
      if (child.status !== 0)
        throw new Error(`${command} ${parameters.join(' ')} ended with ${child.status}: ${child.stderr}`);
      if (run === 0) continue;
      times.get(name)?.push(ms);
      memory.get(name)?.push(Number(child.stdout.match(/megabytes=(\d+)/)?.[1] ?? 0));
      processor.get(name)?.push(Number(child.stdout.match(/cpu=(\d+)/)?.[1] ?? 0));
    }
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        ms: median(times.get(name) ?? []),
        cpuMs: median(processor.get(name) ?? []),
        megabytes: median(memory.get(name) ?? []),
      },
    ]),
  ) as Record<Name, Figures>;
}

export const ratio = (value: number, baseline: number): string =>
  `${(value / baseline).toFixed(value / baseline < 0.1 ? 4 : 2)} ×`;

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
