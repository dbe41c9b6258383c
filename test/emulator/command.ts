import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** One of the commands for the night, as a person runs it against the emulator: without a region and credentials of AWS. */
export function command(endpoint: string, name: string, ...parameters: string[]) {
  return spawnSync(process.execPath, argumentsOf(endpoint, name, parameters), { ...AS_A_PERSON, encoding: 'utf8' });
}

/** The same, to be ended from outside. */
export function started(endpoint: string, name: string, ...parameters: string[]) {
  const child = spawn(process.execPath, argumentsOf(endpoint, name, parameters), AS_A_PERSON);
  return { child, exited: new Promise<void>((resolve) => child.once('close', () => resolve())) };
}

const AS_A_PERSON = { cwd: ROOT, env: { PATH: process.env.PATH } };
const argumentsOf = (endpoint: string, name: string, parameters: readonly string[]) => [
  ...(name === 'on-aws' ? ['--import', 'tsx', 'tools/on-aws.ts'] : ['bin/spillway.js', ...name.split(' ')]),
  ...[...parameters, '--endpoint', endpoint],
];
