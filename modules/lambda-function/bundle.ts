import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The archive that `npm run build` made of a function, with its hash as Lambda computes it. */
export interface Bundle {
  /** Absolute path of the zip archive. */
  readonly path: string;
  /** Base64 of the SHA-256 of the archive: `source_code_hash`. */
  readonly hash: string;
}

export class MissingBundleError extends Error {
  constructor(name: string, path: string) {
    super(`functions/${name} is not built (no ${path}). Build it: npm run build`);
    this.name = 'MissingBundleError';
  }
}

/** Found from this file upwards, not from the working directory, so that synthesis works from any folder. */
function bundlesDirectory(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'dist', 'functions')) && dirname(directory) !== directory)
    directory = dirname(directory);
  return join(directory, 'dist', 'functions');
}

/** @throws MissingBundleError with the command that builds it. */
export function findBundle(name: string): Bundle {
  const path = join(bundlesDirectory(), `${name}.zip`);
  if (!existsSync(path)) throw new MissingBundleError(name, `dist/functions/${name}.zip`);
  return { path, hash: createHash('sha256').update(readFileSync(path)).digest('base64') };
}
