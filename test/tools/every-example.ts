import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES, root, written } from '../modules/examples-of-readmes';

/** Bundles examples and what they take for granted; the package's modules and the kit stay what is installed. Run by Node itself: esbuild doesn't run in jest. */
const BUNDLE = `
import { build } from 'esbuild';
const [project, from, kit] = process.argv.slice(2);
await build({
  entryPoints: [project + '/run.ts'], outfile: project + '/run.js', bundle: true, platform: 'node', format: 'cjs', logLevel: 'error',
  plugins: [{ name: 'kit', setup({ onResolve }) {
    onResolve({ filter: /^cdktf$/ }, () => ({ path: kit, external: true }));
    onResolve({ filter: /^constructs$/ }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /^..\\/..\\/modules\\// }, ({ path }) => ({ path: from + '/' + path.split('/modules/')[1] + '/index.js', external: true }));
  } }],
});`;

/**
 * What the example of every module makes, in a project of its own on one of the kits.
 *
 * @param packed folder that the package was unpacked into
 * @param packages `node_modules` with the kit and its provider
 */
export function everyExample(
  kit: 'cdktf' | 'cdktn',
  packed: string,
  packages: string,
): Readonly<Record<string, Record<string, object>>> {
  const project = join(packed, kit);
  const modules = join(project, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  for (const name of [kit, `@${kit}`, 'constructs']) {
    rmSync(join(modules, name), { force: true });
    symlinkSync(join(packages, name), join(modules, name));
  }
  const spillway = join(modules, 'spillway');
  symlinkSync(join(packed, 'package'), spillway);
  symlinkSync(join(root, 'dist'), join(project, 'dist'));
  // The examples take the shop's functions for granted, which no package has.
  cpSync(join(root, 'dist', 'functions'), join(packed, 'package', 'dist', 'functions'), { recursive: true });
  writeFileSync(
    join(project, 'run.ts'),
    `import { Testing, TerraformStack } from 'cdktf';
    import { writeFileSync } from 'node:fs';
    import { surroundings } from '${root}/test/modules/example-surroundings';
    import * as examples from './examples';
    const made: Record<string, unknown> = {};
    for (const name of ${JSON.stringify(MODULES)}) {
      const stack = new TerraformStack(Testing.app(), 'test');
      (examples as any)[name.replaceAll('-', '_')].call(stack, surroundings(stack));
      made[name] = JSON.parse(Testing.synth(stack)).resource;
    }
    writeFileSync('made.json', JSON.stringify(made));`,
  );
  writeFileSync(join(project, 'examples.ts'), written());
  const from = join(spillway, 'dist', 'package', kit === 'cdktn' ? 'cdktn/modules' : 'modules');
  execFileSync(process.execPath, ['--input-type=module', '-', project, from, kit], { cwd: root, input: BUNDLE });
  execFileSync(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', 'run.js'], { cwd: project });
  // Without the kit's own notes, and the hash of an archive, into which its path goes.
  return JSON.parse(readFileSync(join(project, 'made.json'), 'utf8'), (key, value) =>
    key === '//' ? undefined : typeof value === 'string' ? value.replace(/\/[0-9A-F]{32}\//, '/…/') : value,
  );
}
