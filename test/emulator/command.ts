import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** One of the commands for the night, as a person runs it against the emulator: without a region and credentials of AWS. */
export function command(endpoint: string, name: string, ...parameters: string[]) {
  const args = ['--import', 'tsx', `tools/${name}.ts`, ...parameters, '--endpoint', endpoint];
  const env = { PATH: process.env.PATH };
  return spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
}
