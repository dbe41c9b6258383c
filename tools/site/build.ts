import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './pages';

/**
 * Builds the site into a folder, which is emptied before.
 *
 * VitePress puts what it is about to bundle beside its configuration: a root of its own for each build keeps two of them apart, and what comes and goes out of `docs`.
 */
export async function buildSite(site: string): Promise<void> {
  mkdirSync(join(ROOT, '.spillway'), { recursive: true });
  const root = mkdtempSync(join(ROOT, '.spillway', 'site-'));
  try {
    mkdirSync(join(root, '.vitepress'));
    const config = JSON.stringify(join(ROOT, 'tools', 'site', 'config'));
    writeFileSync(join(root, '.vitepress', 'config.mts'), `export { default } from ${config};\n`);
    // An ES module only.
    const { build } = await import('vitepress');
    await build(root, { outDir: site });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
