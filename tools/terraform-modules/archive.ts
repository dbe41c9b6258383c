import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { TerraformModule } from './definition';
import { writeModule } from './write';

const root = join(__dirname, '..', '..');

/** Local time, as zip archives have it: the same files give the same bytes, whenever and wherever they are packed. */
const DATE = new Date(1980, 0, 1);

/** All modules, with the page that lists them, how to come from one version to the next, and the licence. */
export function writeAll(modules: readonly TerraformModule[], directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  for (const each of modules) writeModule(each, join(directory, each.name));
  const page = readFileSync(join(root, 'docs', 'terraform-modules.md'), 'utf8');
  writeFileSync(join(directory, 'README.md'), page.replaceAll('(terraform-modules-upgrade.md)', '(UPGRADE.md)'));
  copyFileSync(join(root, 'docs', 'terraform-modules-upgrade.md'), join(directory, 'UPGRADE.md'));
  copyFileSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
}

/** One archive of them, which Terraform fetches a module from: `source = "https://…/spillway-terraform-0.1.0.zip//redrive"`. */
export function archiveOf(directory: string): Uint8Array {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort();
  return zipSync(
    Object.fromEntries(
      files.map((path) => [
        path.replaceAll('\\', '/'),
        [readFileSync(join(directory, path)), { mtime: DATE, os: 3, attrs: 0o644 << 16 }],
      ]),
    ),
  );
}
