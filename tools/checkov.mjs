// checkov, pinned, in an environment of its own: what the scan runs, and what the benchmark compares with.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './build.mjs';

const CHECKOV = 'checkov==3.3.30';

/** Installs it where it is not installed yet; returns the command. */
export function checkov() {
  const venv = join(root, '.spillway', 'checkov');
  const marker = join(venv, 'installed');
  const command = join(venv, 'bin', 'checkov');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === CHECKOV) return command;
  console.error(`Installing ${CHECKOV} into .spillway/checkov (about a minute, once) …`);
  rmSync(venv, { recursive: true, force: true });
  const made = spawnSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('checkov needs python3 with venv (Debian: apt-get install python3-venv)');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', CHECKOV];
  execFileSync(join(venv, 'bin', 'python'), pip, { stdio: 'inherit' });
  writeFileSync(marker, CHECKOV);
  return command;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(checkov());
