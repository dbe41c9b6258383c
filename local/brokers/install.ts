import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const HOME = resolve(__dirname, '../../.spillway/activemq');
const JARS = join(HOME, 'lib');
const CLASSES = join(HOME, 'classes');
const LAUNCHER = join(__dirname, 'Launcher.java');

export const works = (command: string, ...options: string[]) =>
  spawnSync(command, options, { stdio: 'ignore' }).status === 0;

/** What is missing to run a real ActiveMQ, as one line that says what to install; undefined when nothing is. */
export function missing(): string | undefined {
  if (!works('java', '-version') || !works('javac', '-version')) {
    return 'Brokers need Java 17 (java and javac): install a JDK, for example apt-get install openjdk-17-jdk-headless';
  }
  if (!existsSync(JARS) && !works('mvn', '-version')) {
    return 'ActiveMQ is fetched with Maven, once: install it, for example apt-get install maven';
  }
  return undefined;
}

/** @param signal ends the command, and what it has started itself @throws with what the command said, when it fails */
export async function run(
  command: string,
  options: readonly string[],
  { cwd, signal }: { readonly cwd?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  signal?.throwIfAborted();
  // A group of its own: Maven's command is a shell that has Java as its child.
  const child = spawn(command, options, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL');
  signal?.addEventListener('abort', end, { once: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  const failure = await new Promise<string | undefined>((done) => {
    child.once('error', ({ message }) => done(message));
    child.once('close', (code) => done(code === 0 ? undefined : ''));
  });
  signal?.removeEventListener('abort', end);
  if (failure !== undefined) throw new Error(`${command} ${options.join(' ')} failed: ${failure}\n${said}`);
}

/** Makes a folder whole or not at all, so that a run that was cut short leaves nothing half-done. */
export async function make(home: string, folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  mkdirSync(home, { recursive: true });
  const temporary = mkdtempSync(join(home, 'making-'));
  try {
    await fill(temporary);
    if (!existsSync(folder)) renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

let installed: string | undefined;

/** The class path of a broker. @throws when `install` has not been called */
export function classPath(): string {
  if (!installed) throw new Error('ActiveMQ is not installed: install() comes before a broker starts');
  return installed;
}

/** Fetches the jars and compiles the launcher, unless that is done. @throws with what to install on this machine, when something is missing */
export async function install(onProgress: (message: string) => void = () => {}, signal?: AbortSignal): Promise<void> {
  // Asked once: looking for Java again would hold up clients whose times are measured.
  if (installed) return;
  const problem = missing();
  if (problem) throw new Error(problem);
  const started = Date.now();
  const still = setInterval(() => {
    onProgress(`Fetching ActiveMQ from Maven Central, once … ${Math.round((Date.now() - started) / 1000)} s`);
  }, 5000);
  try {
    await make(HOME, JARS, (folder) => {
      onProgress('Fetching ActiveMQ from Maven Central, once …');
      const copy = ['-q', '-B', '-f', join(__dirname, 'pom.xml'), 'dependency:copy-dependencies'];
      return run('mvn', [...copy, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`], { signal });
    });
    const jars = readdirSync(JARS).filter((name) => name.endsWith('.jar'));
    const path = jars.map((name) => join(JARS, name)).join(delimiter);
    const compiled = join(CLASSES, 'Launcher.class');
    if (existsSync(compiled) && statSync(compiled).mtimeMs < statSync(LAUNCHER).mtimeMs)
      rmSync(CLASSES, { recursive: true });
    await make(HOME, CLASSES, (folder) => run('javac', ['-cp', path, '-d', folder, LAUNCHER], { signal }));
    installed = `${CLASSES}${delimiter}${path}`;
  } finally {
    clearInterval(still);
  }
}
