import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const SOURCES = [
  ...['environments', 'functions', 'local', 'modules', 'tools', 'web'],
  ...['cdktf.json', 'main.ts', 'package.json', 'package-lock.json', 'tsconfig.json'],
];

export interface ProjectCopy {
  readonly folder: string;
  remove(): void;
}

/** A copy of the project's sources, for a test that changes them or takes something away; what is installed is this project's own. */
export function copyProject({ emulator }: { emulator: boolean }): ProjectCopy {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-copy-'));
  for (const source of SOURCES)
    cpSync(join(ROOT, source), join(folder, source), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const name of emulator ? ['python', 'activemq'] : []) {
    const installed = join('.spillway', name);
    if (!existsSync(join(ROOT, installed))) continue;
    mkdirSync(join(folder, '.spillway'), { recursive: true });
    symlinkSync(join(ROOT, installed), join(folder, installed));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
