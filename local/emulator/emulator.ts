import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Invocation, RunningInvocation } from '../environment';

const OVERLAY = join(__dirname, 'overlay.py');
const PYTHON = join(__dirname, '..', '..', '.spillway', 'python', 'bin', 'python');
const START_TIMEOUT_MS = 20_000;
/** Lines of the emulator's log that an error message shows. */
const LOG_LINES = 40;

export interface Emulator {
  readonly endpoint: string;
  /** Comes true only when it ends by itself, with what there is to say about it. */
  readonly ended: Promise<Error>;
  invocations(since: number): Promise<Invocation[]>;
  running(): Promise<RunningInvocation[]>;
  /** Ends the emulator and every function process. */
  stop(): Promise<void>;
}

interface EmulatorOptions {
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** Who answers for Amazon MQ, with the authority that its brokers' certificates are of. Default: nobody. */
  readonly amazonMq?: { readonly url: string; readonly authorityPath: string } | undefined;
}

/** Starts MiniStack with our overlay on 127.0.0.1. */
export async function startEmulator({ port = 0, amazonMq }: EmulatorOptions = {}): Promise<Emulator> {
  if (!existsSync(PYTHON)) throw new Error('The emulator is not installed: run `node tools/setup.mjs`.');
  const temporary = await mkdtemp(join(tmpdir(), 'spillway-'));
  // A process group of its own, so that ending the group ends the function processes too. Its stdin stays open for as long as this process
  // lives; the overlay ends the group when it closes.
  const child = spawn(PYTHON, ['-B', OVERLAY], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...environment(temporary, port),
      ...(amazonMq && { SPILLWAY_AMAZON_MQ: amazonMq.url, NODE_EXTRA_CA_CERTS: amazonMq.authorityPath }),
    },
  });
  const log = keepLast(child, LOG_LINES);
  const stop = async () => {
    await end(child);
    await rm(temporary, { recursive: true, force: true });
  };
  try {
    const endpoint = `http://127.0.0.1:${await announcedPort(child)}`;
    await healthy(endpoint);
    const ended = new Promise<Error>((resolve) =>
      child.once('exit', (code, signal) =>
        resolve(new Error([`The emulator ended by itself (${signal ?? `exit code ${code}`}).`, ...log()].join('\n'))),
      ),
    );
    return {
      endpoint,
      ended,
      invocations: (since) => get(`${endpoint}/_spillway/invocations?since=${since}`),
      running: () => get(`${endpoint}/_spillway/running`),
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`The emulator did not start: ${(error as Error).message}\n${log().join('\n')}`, { cause: error });
  }
}

/** Nothing is inherited that could lead a function to a real account: no AWS_*, no profile, no proxy. */
function environment(temporary: string, port: number): NodeJS.ProcessEnv {
  return {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: temporary,
    TMPDIR: temporary,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    // Both would listen on every interface.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    DOCKER_HOST: 'unix:///nonexistent',
    // Functions target Lambda's Node; which one they run on here is no concern of theirs.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    LOG_LEVEL: 'WARNING',
    PYTHONUNBUFFERED: '1',
  };
}

/** The overlay's first line is `{"port": N}`. */
function announcedPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${START_TIMEOUT_MS} ms`)), START_TIMEOUT_MS);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      if (!line.startsWith('{"port":')) return;
      clearTimeout(timer);
      resolve((JSON.parse(line) as { port: number }).port);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

async function healthy(endpoint: string): Promise<void> {
  for (const started = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const response = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (response?.ok) return;
    if (Date.now() - started > START_TIMEOUT_MS) throw new Error(`no answer at ${endpoint}`);
  }
}

function keepLast(child: ChildProcess, count: number): () => readonly string[] {
  const kept: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    kept.push(line);
    if (kept.length > count) kept.shift();
  });
  return () => kept;
}

/** The whole group, even when its leader has ended by itself: function processes may have outlived it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const running = child.exitCode === null && child.signalCode === null;
  const ended = running && new Promise((resolve) => child.once('exit', resolve));
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  await ended;
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}
