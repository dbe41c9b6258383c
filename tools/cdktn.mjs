// The package's modules once more for projects on cdktn, the living successor of cdktf: the same code, whose imports name its packages.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of packages where a module is asked for, in JavaScript and in declarations. */
const ASKED = /((?:require|import)\(|from )(['"])(cdktf|@cdktf\/provider-aws)(?=['"/])/g;
const SUCCESSOR = { cdktf: 'cdktn', '@cdktf/provider-aws': '@cdktn/provider-aws' };

/** What is no module (contracts of functions) is shared, so that a contract is one thing for both: it lies one folder further up. */
const SHARED = /((?:require|import)\(|from )(['"])((?:\.\.\/)+)(?=functions\/)/g;

export function forCdktn(source) {
  return source
    .replace(ASKED, (_, asked, quote, name) => `${asked}${quote}${SUCCESSOR[name]}`)
    .replace(SHARED, (_, asked, quote, up) => `${asked}${quote}../${up}`);
}

/** @param directory of the compiled package; its modules' twins come into `cdktn/modules` */
export function addCdktn(directory) {
  const twins = join(directory, 'cdktn', 'modules');
  cpSync(join(directory, 'modules'), twins, { recursive: true });
  for (const entry of readdirSync(twins, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|d\.ts)$/.test(entry.name)) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    writeFileSync(file, forCdktn(readFileSync(file, 'utf8')));
  }
}
