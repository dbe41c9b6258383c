import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Bundles the functions and the app, and synthesizes these environments into a folder of their own. */
export async function synthesizeLocal(
  folder: string,
  environments: readonly string[],
  stopping: AbortSignal,
): Promise<void> {
  await run('the build', ['tools/build.mjs'], {}, stopping);
  rmSync(folder, { recursive: true, force: true });
  const settings = { SPILLWAY_ENVIRONMENTS: environments.join(','), CDKTF_OUTDIR: folder };
  await run('synthesis', ['dist/main.js'], settings, stopping);
}

/** In a process of its own: a mistake in a source is an error message here, and never half of it loaded into this process. */
function run(
  what: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${what} failed:\n${errors.trim()}`))));
  });
}
