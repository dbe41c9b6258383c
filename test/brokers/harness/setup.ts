import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const HARNESS = __dirname;
const HOME = resolve(HARNESS, '../../../.spillway/activemq');
const JARS = join(HOME, 'lib');
const CLASSES = join(HOME, 'classes');

export const works = (command: string, ...options: string[]) =>
  spawnSync(command, options, { stdio: 'ignore' }).status === 0;

/** What is missing to run a real ActiveMQ, as one line that says what to install; undefined when nothing is. */
export function missing(): string | undefined {
  if (!works('java', '-version') || !works('javac', '-version')) {
    return 'Broker tests need Java 17 (java and javac): install a JDK, for example apt-get install openjdk-17-jdk-headless';
  }
  if (!existsSync(JARS) && !works('mvn', '-version')) {
    return 'Broker tests fetch ActiveMQ with Maven, once: install it, for example apt-get install maven';
  }
  return undefined;
}

export function run(command: string, options: string[], cwd?: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, options, { encoding: 'utf8', cwd });
  if (status !== 0)
    throw new Error(`${command} ${options.join(' ')} failed: ${error?.message ?? ''}\n${stdout}${stderr}`);
}

/** Makes a folder whole or not at all, so that a run that was cut short leaves nothing half-done. */
export function make(home: string, folder: string, fill: (temporary: string) => void): void {
  if (existsSync(folder)) return;
  mkdirSync(home, { recursive: true });
  const temporary = mkdtempSync(join(home, 'making-'));
  try {
    fill(temporary);
    if (!existsSync(folder)) renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

let made: string | undefined;

/** Fetches the jars and compiles the launcher, unless that is done. @returns the class path of a broker. */
export function classPath(): string {
  // Asked at every start of a broker: looking for Java again would hold up the clients, whose times are measured.
  made ??= makeClassPath();
  return made;
}

function makeClassPath(): string {
  const problem = missing();
  if (problem) throw new Error(problem);
  make(HOME, JARS, (folder) =>
    run('mvn', [
      ...['-q', '-B', '-f', join(HARNESS, 'pom.xml'), 'dependency:copy-dependencies'],
      ...['-DincludeScope=runtime', `-DoutputDirectory=${folder}`],
    ]),
  );
  const launcher = join(HARNESS, 'Launcher.java');
  const jars = readdirSync(JARS).filter((name) => name.endsWith('.jar'));
  const path = jars.map((name) => join(JARS, name)).join(delimiter);
  const compiled = join(CLASSES, 'Launcher.class');
  if (existsSync(compiled) && statSync(compiled).mtimeMs < statSync(launcher).mtimeMs)
    rmSync(CLASSES, { recursive: true });
  make(HOME, CLASSES, (folder) => run('javac', ['-cp', path, '-d', folder, launcher]));
  return `${CLASSES}${delimiter}${path}`;
}

/** `describe` where a broker can run. Elsewhere: skipped on a desk, with the reason, and failed in CI, where a skip would be a lie. */
export function describeBrokers(name: string, tests: () => void, problem = missing()): void {
  if (!problem) {
    describe(name, tests);
  } else if (process.env.CI === 'true') {
    test(name, () => {
      throw new Error(problem);
    });
  } else {
    process.stderr.write(`${problem}\n`);
    describe.skip(name, tests);
  }
}
