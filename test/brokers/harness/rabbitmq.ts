import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../local/brokers/broker-process';
import { make, run, works } from '../../../local/brokers/install';

const HOME = resolve(__dirname, '../../../.spillway/rabbitmq');
const FILES = join(HOME, 'files');
const ERLANG = '/usr/lib/erlang';
const USER = 'administrator';
const PASSWORD = 'only-on-loopback-1';

/** Debian's RabbitMQ, and of Erlang what it loads; Debian's own list also has what a service needs (logrotate, socat). */
const PACKAGES = [
  'rabbitmq-server',
  ...['base', 'asn1', 'crypto', 'eldap', 'inets', 'mnesia', 'os-mon', 'parsetools', 'public-key'].map(erlang),
  ...['runtime-tools', 'ssl', 'syntax-tools', 'tools', 'xmerl'].map(erlang),
];
function erlang(part: string): string {
  return `erlang-${part}`;
}

/** What is missing to run a real RabbitMQ, as one line; undefined when nothing is. */
export function missingForRabbitMq(): string | undefined {
  if (existsSync(FILES)) return undefined;
  if (!works('apt-get', '--version') || !works('dpkg', '--version')) {
    return 'The RabbitMQ test unpacks the packages of Debian or Ubuntu, by apt-get download and dpkg -x; this machine has neither';
  }
  return undefined;
}

/** Fetches the packages and unpacks them, unless that is done: nothing is installed, and nobody has to be root. */
async function files(): Promise<string> {
  await make(HOME, FILES, async (folder) => {
    const packages = mkdtempSync(join(HOME, 'packages-'));
    try {
      await run('apt-get', ['download', '-q', ...PACKAGES], { cwd: packages });
      for (const name of readdirSync(packages)) await run('dpkg', ['-x', join(packages, name), folder]);
      // Debian's erl looks for Erlang where it would have been installed.
      const erl = join(folder, ERLANG, 'bin/erl');
      writeFileSync(erl, readFileSync(erl, 'utf8').replaceAll(ERLANG, join(FILES, ERLANG)));
    } finally {
      rmSync(packages, { recursive: true, force: true });
    }
  });
  return FILES;
}

/** One node, on this machine alone. */
export class RabbitMqProcess {
  private readonly children: ChildProcess[] = [];
  private readonly log: string;
  private managementPort = 0;

  constructor(private readonly folder: string) {
    this.log = join(folder, 'rabbitmq.log');
  }

  /** Where its console and management API are. */
  get console(): string {
    return `http://127.0.0.1:${this.managementPort}`;
  }

  /** Its administrator. */
  readonly login = { username: USER, password: PASSWORD };

  async start(timeoutMs = 60_000): Promise<void> {
    const root = await files();
    const library = join(root, 'usr/lib/rabbitmq/lib');
    const home = join(library, readdirSync(library).find((name) => name.startsWith('rabbitmq_server')) ?? '');
    const [amqp, management, epmd, distribution] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    this.managementPort = management;
    mkdirSync(join(this.folder, 'data'), { recursive: true });
    writeFileSync(
      join(this.folder, 'rabbitmq.conf'),
      [
        ...[`listeners.tcp.1 = 127.0.0.1:${amqp}`, 'management.tcp.ip = 127.0.0.1'],
        ...[`management.tcp.port = ${management}`, `default_user = ${USER}`, `default_pass = ${PASSWORD}`],
        ...['collect_statistics_interval = 500', ''],
      ].join('\n'),
    );
    writeFileSync(join(this.folder, 'plugins'), '[rabbitmq_management].');
    const environment = {
      PATH: `${join(root, ERLANG, 'bin')}:${process.env.PATH}`,
      HOME: this.folder,
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_HOME: home,
      RABBITMQ_NODENAME: 'spillway@localhost',
      RABBITMQ_CONFIG_FILE: join(this.folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.folder, 'plugins'),
      RABBITMQ_MNESIA_BASE: join(this.folder, 'data'),
      RABBITMQ_LOG_BASE: this.folder,
      RABBITMQ_LOGS: '-',
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    };
    // Erlang would start its name server as a daemon, which nobody would end.
    this.spawn(join(root, ERLANG, 'bin/epmd'), ['-port', String(epmd)], environment);
    this.spawn(join(home, 'sbin/rabbitmq-server'), [], environment);
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const up = await this.ask('GET', 'overview').then(
        () => true,
        () => false,
      );
      if (up) return;
      if (Date.now() > deadline || this.children.some(({ exitCode }) => exitCode !== null)) {
        throw new Error(`RabbitMQ did not start:\n${readFileSync(this.log, 'utf8').slice(-4000)}`);
      }
      await sleep(200);
    }
  }

  /** The management API, as docs/runbooks/broker-rabbitmq.md uses it. @throws Error with RabbitMQ's answer when it refuses */
  async ask<Answer = unknown>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.console}/api/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as Answer;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map((child) => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        const gone = new Promise((done) => child.once('exit', done));
        // The script is a shell that has Erlang as its child: both are one group.
        process.kill(-(child.pid as number), 'SIGKILL');
        return gone;
      }),
    );
  }

  private spawn(command: string, parameters: string[], env: NodeJS.ProcessEnv): void {
    const log = openSync(this.log, 'a');
    const child = spawn(command, parameters, { env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    process.once('exit', () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), 'SIGKILL');
    });
    this.children.push(child);
  }
}
