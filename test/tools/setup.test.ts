import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { copyProject, type ProjectCopy } from '../project-copy';

/** What is said on a machine that lacks something. Every command finds only what stands in `commands`. */
let project: ProjectCopy;
let commands: string;

beforeAll(() => {
  project = copyProject({ emulator: false });
});
afterAll(() => project.remove());
beforeEach(() => {
  commands = mkdtempSync(join(tmpdir(), 'spillway-path-'));
  symlinkSync(process.execPath, join(commands, 'node'));
  symlinkSync(join(dirname(process.execPath), 'npm'), join(commands, 'npm'));
  symlinkSync('/bin/sh', join(commands, 'sh'));
});
afterEach(() => rmSync(commands, { recursive: true }));

function command(name: string, script: string): void {
  const file = join(commands, name);
  rmSync(file, { force: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A Python that tells its version and can't make environments. */
const python = (version: string) => command('python3', `echo ${version}\nexit 1`);

function run(command: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const env = { PATH: commands, HOME: commands, ...environment };
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: project.folder, env, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

const start = (environment?: NodeJS.ProcessEnv) => run(process.execPath, ['tools/start.mjs', '--help'], environment);

test('without Python, one line says what to install', () => {
  expect(start()).toEqual({
    status: 1,
    said: 'The local emulator needs Python 3.10 or newer; none is here. On Debian and Ubuntu: apt-get install python3 python3-venv; on macOS: brew install python\n',
  });
});

test('with a Python that is too old, or that has no venv, one line says which and what to do', () => {
  python('3.8');
  expect(start().said).toMatch(/^The local emulator needs Python 3\.10 or newer; only 3\.8 is here\. .*\n$/);
  python('3.11');
  expect(start().said).toMatch(/with venv; Python 3\.11 is here without it\. .*apt-get install python3-venv\n$/);
});

test('with a Node that is too old, one line says which', () => {
  const pretend = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.1' } })";
  const answer = start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` });
  expect(answer).toEqual({
    status: 1,
    said: 'Node 20.9 or newer is needed; this is 18.20.1. See https://nodejs.org\n',
  });
});

test('synthesis needs no Python', () => {
  const { status, said } = run('npm', ['run', '--silent', 'synth'], { SPILLWAY_ENVIRONMENTS: 'dev' });
  expect(said).toBe('');
  expect(status).toBe(0);
  expect(existsSync(join(project.folder, 'cdktf.out', 'manifest.json'))).toBe(true);
  expect(existsSync(join(project.folder, '.spillway', 'python'))).toBe(false);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of an installation ends all of it', async (signal) => {
  const other = copyProject({ emulator: false });
  rmSync(join(other.folder, 'node_modules'));
  // Asked for its version it answers; told to make an environment it takes its time, too.
  command('python3', '[ "$1" = -c ] && echo 3.12 || exec /bin/sleep 300');
  // As npm does: what works is a child of it.
  command('npm', `/bin/sleep 300 & echo $! > ${join(other.folder, 'npm.pid')}; wait`);
  const env = { PATH: commands, HOME: commands };
  const setup = spawn(process.execPath, ['tools/start.mjs'], { cwd: other.folder, env });
  let said = '';
  for (const stream of [setup.stdout, setup.stderr]) stream.on('data', (chunk) => (said += chunk));
  const pidFile = join(other.folder, 'npm.pid');
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await wait(20);
  const working = Number(readFileSync(pidFile, 'utf8'));
  setup.kill(signal);
  const [status] = await once(setup, 'close');
  expect(status).toBe(1);
  expect(said).toBe(
    'Installing the Node packages (once) …\nMaking a Python environment for the emulator (once) …\nStopped. The next start begins this installation anew.\n',
  );
  expect(isRunning(working)).toBe(false);
  expect(existsSync(join(other.folder, '.spillway', 'setup.lock'))).toBe(false);
  other.remove();
});

test('a cold start installs what it loads; any other command, everything', () => {
  const other = copyProject({ emulator: false });
  rmSync(join(other.folder, 'node_modules'));
  command('python3', '[ "$1" = -c ] && echo 3.12 || exit 1');
  // Installs nothing but says so, as npm does at its end.
  command(
    'npm',
    'echo "$PWD" >> "$HOME/asked"; /bin/mkdir -p node_modules; /bin/cp package-lock.json node_modules/.package-lock.json',
  );
  const packages = () =>
    Object.keys(JSON.parse(readFileSync(join(other.folder, 'node_modules/.package-lock.json'), 'utf8')).packages);
  const env = { PATH: commands, HOME: commands };
  const setUp = (...parameters: string[]) =>
    spawnSync(process.execPath, parameters, { cwd: other.folder, env, encoding: 'utf8' });

  setUp('tools/start.mjs', '--help');
  expect(packages()).toContain('node_modules/cdktf');
  expect(packages()).not.toContain('node_modules/cdktf-cli');
  expect(setUp('tools/setup.mjs', '--node-only').status).toBe(0);
  expect(packages()).toContain('node_modules/cdktf-cli');
  setUp('tools/start.mjs', '--help');
  expect(packages()).toContain('node_modules/cdktf-cli');
  const asked = readFileSync(join(commands, 'asked'), 'utf8').trim().split('\n');
  expect(asked.map((folder) => relative(realpathSync(other.folder), folder))).toEqual(['.spillway/start', '']);
  other.remove();
});

/** A process that was killed and that nobody has asked about yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('what is installed is what was tried', () => {
  const ROOT = join(__dirname, '../..');

  test('every package of the lock file has an integrity', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { integrity?: string; inBundle?: boolean }>;
    };
    const without = Object.entries(packages).filter(
      ([path, { integrity, inBundle }]) => path !== '' && !inBundle && !integrity,
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });

  test('every requirement of the emulator has hashes', () => {
    const text = readFileSync(join(ROOT, 'local/emulator/requirements.txt'), 'utf8').replace(/\\\n/g, '');
    const requirements = text.split('\n').filter((line) => /^\w/.test(line));
    expect(requirements.length).toBeGreaterThan(20);
    expect(requirements.filter((line) => !/--hash=sha256:[0-9a-f]{64}/.test(line))).toEqual([]);
  });
});
