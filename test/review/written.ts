import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'review-'));
let files = 0;
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A file with this content, for as long as the tests run. */
export function written(content: string | Uint8Array, name = `plan-${files++}.json`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
