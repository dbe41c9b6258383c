import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FunctionContract } from '../../functions/runtime/contract';

/** A function's archive, with its hash as Lambda computes it. */
export interface Bundle {
  /** Absolute path of the zip archive. */
  readonly path: string;
  /** Base64 of the SHA-256 of the archive: `source_code_hash`. */
  readonly hash: string;
}

/** What every zip archive with a file in it begins with. Source: PKWARE, APPNOTE 4.3.7. */
const ZIP = Buffer.from([0x50, 0x4b, 0x03, 0x04]);

export class MissingBundleError extends Error {
  constructor(message: string) {
    super(message);
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

/** Path of the archive that this package has of a function of its own. @throws MissingBundleError with the command that builds it */
export const ownBundle = ({ name }: FunctionContract): string => findBundle(name).path;

/**
 * @param own path of an archive of one's own; default: the one that this package has of its function
 * @throws MissingBundleError with the command that builds it
 */
export function findBundle(name: string, own?: string): Bundle {
  const path = own ? resolve(own) : join(bundlesDirectory(), `${name}.zip`);
  if (!existsSync(path)) {
    throw own
      ? new MissingBundleError(`${name} is not built (no ${own})`)
      : new MissingBundleError(
          `functions/${name} is not built (no dist/functions/${name}.zip). Build it: npm run build`,
        );
  }
  const archive = readFileSync(path);
  if (!archive.subarray(0, ZIP.length).equals(ZIP))
    throw new MissingBundleError(
      `${name}: ${own ?? path} is no zip archive; bundleFunction of spillway/bundle makes one of a handler's source`,
    );
  return { path, hash: createHash('sha256').update(archive).digest('base64') };
}
