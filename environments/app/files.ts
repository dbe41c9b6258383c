import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = join(__dirname, '..');

/**
 * Environment → what its file in `environments` exports; `index.ts` alone is no environment. The app's bundle has no folder to look into: there the
 * build puts the list in this file's place (tools/build.mjs).
 */
export const environmentFiles: Readonly<Record<string, { readonly default?: unknown }>> = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => [basename(file, '.ts'), require(join(folder, file))]),
);
