import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
/** What the synthesized stacks and the bundles are made of. */
const SOURCES = ['main.ts', 'environments', 'modules', 'functions'];
/** Editors write a file in several steps, and a checkout writes many. */
const SETTLE_MS = 200;

/** Calls back after a source has changed, one call at a time; a change during a call leads to one more. */
export function watchSources(changed: () => Promise<void>): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await changed();
    } while (again);
    running = false;
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(run, SETTLE_MS);
  };
  const watchers: FSWatcher[] = SOURCES.map((source) => watch(join(ROOT, source), { recursive: true }, schedule));
  return {
    stop: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
