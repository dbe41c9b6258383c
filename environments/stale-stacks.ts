import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes stacks of these environments that are made no longer: `cdktf deploy` goes by what lies there. Those of other environments stay, as they were left out on purpose.
 *
 * @param made names of the stacks that were written
 */
export function removeStaleStacks(outdir: string, made: readonly string[], environments: readonly string[]): void {
  const stacks = join(outdir, 'stacks');
  if (!existsSync(stacks)) return;
  for (const name of readdirSync(stacks)) {
    const ours = environments.some((environment) => name.startsWith(`${environment}-`));
    if (ours && !made.includes(name)) rmSync(join(stacks, name), { recursive: true, force: true });
  }
}
