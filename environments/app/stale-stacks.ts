import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Whether Terraform keeps the state of what it made in this folder: a local backend's. What it keeps of a remote one is in `.terraform`. */
const holdsState = (directory: string): boolean =>
  readdirSync(directory, { withFileTypes: true }).some((entry) =>
    entry.isDirectory()
      ? entry.name !== '.terraform' && holdsState(join(directory, entry.name))
      : entry.name.endsWith('.tfstate'),
  );

/**
 * Removes the stacks that are made no longer, those of an environment that was removed among them: `cdktf deploy` goes by what lies there. Stacks of an
 * environment that was left out on purpose stay, and so does the only copy of a state.
 *
 * @param made names of the stacks that were written
 * @param leftOut environments that were not asked for this time
 * @returns the folders that stay because of a state in them
 */
export function removeStaleStacks(outdir: string, made: readonly string[], leftOut: readonly string[]): string[] {
  const stacks = join(outdir, 'stacks');
  if (!existsSync(stacks)) return [];
  const stale = readdirSync(stacks).filter(
    (name) => !made.includes(name) && !leftOut.some((environment) => name.startsWith(`${environment}-`)),
  );
  const kept = stale.map((name) => join(stacks, name)).filter(holdsState);
  for (const name of stale) {
    const directory = join(stacks, name);
    if (!kept.includes(directory)) rmSync(directory, { recursive: true, force: true });
  }
  return kept;
}
