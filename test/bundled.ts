import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Makes the archive of a function, as a project's own build script does. @param entry from the repository's root, or absolute @param archive where it goes */
export function bundled(entry: string, archive: string): void {
  const script = `import { bundleFunction } from './tools/bundle.mjs'; await bundleFunction(${JSON.stringify(entry)}, ${JSON.stringify(archive)});`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT });
}
