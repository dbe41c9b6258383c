import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { median, ratio, table } from './measure';

const PORTS = { page: 4790, emulator: 4791 };
const RUNS = 2;

/** Seconds until the shop's page answers. */
async function untilThePage(folder: string): Promise<number> {
  const started = Date.now();
  const ports = ['--port', String(PORTS.page), '--emulator-port', String(PORTS.emulator)];
  const start = spawn('npm', ['start', '--', '--no-open', ...ports], { cwd: folder, stdio: 'ignore' });
  const ended = once(start, 'close');
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${PORTS.page}/`).catch(() => undefined);
      if (answer?.ok) return (Date.now() - started) / 1000;
      if (start.exitCode !== null) throw new Error(`npm start ended with ${start.exitCode}`);
      await wait(100);
    }
  } finally {
    start.kill('SIGTERM');
    await ended;
  }
}

/** From a fresh clone, with what npm and pip have downloaded before: the page of `npm start`, against installing everything. */
export async function benchStart(root: string): Promise<string> {
  const scratch = join(root, '.spillway', 'bench');
  mkdirSync(scratch, { recursive: true });
  const directory = mkdtempSync(join(scratch, 'start-'));
  const times = { everything: [] as number[], page: [] as number[], again: [] as number[] };
  for (let run = 0; run < RUNS; run += 1) {
    const clone = (name: string) => {
      const folder = join(directory, `${name}-${run}`);
      const { status, stderr } = spawnSync('git', ['clone', '--quiet', root, folder], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return folder;
    };
    const installed = clone('everything');
    const started = Date.now();
    const { status } = spawnSync('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: installed });
    if (status !== 0) throw new Error(`npm ci ended with ${status}`);
    times.everything.push((Date.now() - started) / 1000);
    rmSync(installed, { recursive: true });
    const cold = clone('cold');
    times.page.push(await untilThePage(cold));
    times.again.push(await untilThePage(cold));
    rmSync(cold, { recursive: true });
  }
  rmSync(directory, { recursive: true });
  const everything = median(times.everything);
  const row = (what: string, seconds: readonly number[], goal: string) => [
    ...[what, `${median(seconds).toFixed(1)} s`, ratio(median(seconds), everything), goal],
  ];
  return table(
    ['from a fresh clone', `seconds (median of ${RUNS})`, 'of installing everything', 'goal'],
    [
      row('`npm ci`, the baseline', times.everything, ''),
      row('`npm start` until its page answers', times.page, '< 0.75 ×: a page before everything would be installed'),
      row('`npm start` once more', times.again, ''),
    ],
  );
}
