// Installs what is missing before anything else runs: the Node packages of package-lock.json, and a Python environment of its own for the emulator.
// Nothing outside this folder is touched. Plain Node without packages, because it runs before there are any.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startLock } from './start-packages.mjs';

const MINIMUM_NODE = [20, 9];
const MINIMUM_PYTHON = [3, 10];
const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A reason to stop that a person can act on. */
class SetupError extends Error {}

const paths = (root) => ({
  lockFile: join(root, 'package-lock.json'),
  // npm writes it last, so it is there only when the installation was finished.
  installed: join(root, 'node_modules', '.package-lock.json'),
  state: join(root, '.spillway'),
  mutex: join(root, '.spillway', 'setup.lock'),
  python: join(root, '.spillway', 'python'),
  start: join(root, '.spillway', 'start'),
  requirements: join(root, 'local', 'emulator', 'requirements.txt'),
  // Copied in last, for the same reason.
  pythonInstalled: join(root, '.spillway', 'python', 'requirements.txt'),
});

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

export const atLeast = (version, [major, minor]) => {
  const [have, haveMinor] = version.split('.').map(Number);
  return have > major || (have === major && haveMinor >= minor);
};

/** True when every package of the lock file is installed in its version; optional ones are another platform's. */
export function nodePackagesInstalled(root, lock = JSON.parse(read(paths(root).lockFile))) {
  const { installed } = paths(root);
  if (!existsSync(installed)) return false;
  const have = JSON.parse(read(installed)).packages;
  return Object.entries(lock.packages).every(
    ([path, { version, optional }]) => path === '' || have[path]?.version === version || (optional && !have[path]),
  );
}

export function pythonInstalled(root) {
  const { python, requirements, pythonInstalled } = paths(root);
  return existsSync(join(python, 'bin', 'python')) && read(pythonInstalled) === read(requirements);
}

/** Runs a command and says every few seconds that it still runs; its output is shown only when it fails. */
async function run(what, command, args, options) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  console.log(`${what} …`);
  const alive = setInterval(() => console.log(`${what}: still at it after ${seconds()} s`), 5000);
  // A process group of its own, so that all of it can be ended: an installation that goes on after Ctrl-C would meet the next one in the same folder.
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let stopped = false;
  const stop = () => {
    stopped = true;
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    await new Promise((resolve, reject) => {
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
        });
      }
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve();
        else if (stopped) reject(new SetupError('Stopped. The next start begins this installation anew.'));
        else reject(new SetupError(`${what} failed (exit code ${code}):\n${output.trim()}`));
      });
    });
  } finally {
    clearInterval(alive);
    for (const signal of SIGNALS) process.off(signal, stop);
  }
  console.log(`${what}: done in ${seconds()} s`);
}

/** @param folder the one that has the package.json and the lock file */
async function installNodePackages(folder) {
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  await run('Installing the Node packages (once)', command, [...first, ...args], { cwd: folder });
}

/** Only where nothing is installed: whoever has everything keeps everything. */
async function installStartPackages(root) {
  const { start, lockFile } = paths(root);
  const lock = startLock(JSON.parse(read(lockFile)));
  rmSync(start, { recursive: true, force: true });
  mkdirSync(start, { recursive: true });
  writeFileSync(join(start, 'package.json'), JSON.stringify(lock.packages['']));
  writeFileSync(join(start, 'package-lock.json'), JSON.stringify(lock));
  await installNodePackages(start);
  renameSync(join(start, 'node_modules'), join(root, 'node_modules'));
  rmSync(start, { recursive: true });
}

/** The first Python on the path that is new enough and can make environments. */
export function findPython(candidates = PYTHONS) {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2]); import venv, ensurepip';
  let withoutVenv;
  const tooOld = [];
  for (const name of candidates) {
    const { status, stdout } = spawnSync(name, ['-c', script], { encoding: 'utf8' });
    const version = stdout?.trim();
    if (!version) continue;
    if (!atLeast(version, MINIMUM_PYTHON)) tooOld.push(version);
    else if (status === 0) return name;
    else withoutVenv ??= version;
  }
  const needed = `The local emulator needs Python ${MINIMUM_PYTHON.join('.')} or newer`;
  if (withoutVenv) {
    throw new SetupError(
      `${needed} with venv; Python ${withoutVenv} is here without it. On Debian and Ubuntu: apt-get install python3-venv`,
    );
  }
  const found = tooOld.length > 0 ? `only ${[...new Set(tooOld)].join(', ')} is here` : 'none is here';
  throw new SetupError(
    `${needed}; ${found}. On Debian and Ubuntu: apt-get install python3 python3-venv; on macOS: brew install python`,
  );
}

async function installPython(root) {
  const { state, python, requirements, pythonInstalled } = paths(root);
  const found = findPython();
  mkdirSync(state, { recursive: true });
  rmSync(python, { recursive: true, force: true });
  await run('Making a Python environment for the emulator (once)', found, ['-m', 'venv', python]);
  const pip = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    // Python compiles what it loads, which is a part of it.
    '--no-compile',
    '--require-hashes',
    '-r',
    requirements,
  ];
  await run('Installing the emulator (once)', join(python, 'bin', 'python'), pip);
  copyFileSync(requirements, pythonInstalled);
}

/** Only one at a time; who died with the lock in hand doesn't keep it. */
async function alone(root, work) {
  const { state, mutex } = paths(root);
  mkdirSync(state, { recursive: true });
  for (let waited = 0; ; waited += 1) {
    try {
      writeFileSync(mutex, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = Number(read(mutex));
      if (holder && !isAlive(holder)) takeAway(mutex, holder);
      else if (waited === 5) console.log(`Waiting for another set-up to finish (process ${holder}) …`);
      await sleep(200);
    }
  }
  try {
    await work();
  } finally {
    rmSync(mutex, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moved aside first, so that of two who find the same dead holder only one can take its lock, and never a living one's. */
function takeAway(mutex, holder) {
  const aside = `${mutex}.${process.pid}`;
  try {
    renameSync(mutex, aside);
  } catch {
    return;
  }
  if (Number(read(aside)) === holder) rmSync(aside, { force: true });
  else renameSync(aside, mutex);
}

/**
 * @param python false where no emulator is needed: a person at night has a checkout and Node, and no use for Python
 * @param start true where the packages that `npm start` loads are enough: installing everything takes several times as long
 */
export async function setUp(root, { python = true, start = false } = {}) {
  if (!atLeast(process.versions.node, MINIMUM_NODE)) {
    throw new SetupError(
      `Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.versions.node}. See https://nodejs.org`,
    );
  }
  const pythonMissing = () => python && !pythonInstalled(root);
  const lock = JSON.parse(read(paths(root).lockFile));
  const wanted = start ? startLock(lock) : lock;
  const packagesMissing = () => !nodePackagesInstalled(root, wanted);
  if (!packagesMissing() && !pythonMissing()) return;
  if (pythonMissing()) findPython();
  const cold = start && !existsSync(join(root, 'node_modules'));
  await alone(root, async () => {
    const works = [];
    if (packagesMissing()) works.push(cold ? installStartPackages(root) : installNodePackages(root));
    if (pythonMissing()) works.push(installPython(root));
    // Both to their ends: what is left half-way would be in the next one's way.
    const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
  });
}

/** @returns whether everything is there; if not, it has been said why */
export async function setUpOrSayWhy(folder, options) {
  try {
    await setUp(folder, options);
    return true;
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
    return false;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setUpOrSayWhy(root, { python: !process.argv.includes('--node-only') });
}
