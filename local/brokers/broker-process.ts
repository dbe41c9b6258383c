import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { classPath } from './install';

/** Small and quick to start: a test runs up to six of them. */
const OPTIONS = [
  '-Xmx96m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
];

const METRICS = 'METRICS ';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const handedOut = new Set<number>();

/** A port that nobody listens on and nobody else was given, below the range that the system gives to outgoing connections: a dead broker's port must still be free when it returns. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** What Amazon MQ would tell CloudWatch of an instance. */
export interface BrokerMetrics {
  /** Of the store, 0 to 100. */
  readonly storePercent: number;
  readonly queues: Readonly<Record<string, QueueMetrics>>;
}

export interface QueueMetrics {
  readonly size: number;
  readonly consumers: number;
  /** Since the instance took over. */
  readonly enqueued: number;
  readonly dequeued: number;
}

/** One instance of a broker: a Java process, started and killed as often as a test likes. */
export class BrokerProcess {
  private child: ChildProcess | undefined;
  private readonly configuration: string;
  private readonly log: string;
  /** What the launcher said since the last start. */
  private said = '';
  /** Who waits for an answer of it. */
  private readonly asking: ((answer: string) => void)[] = [];
  /** Told when it begins to take connections, and when it no longer does. */
  onListening: (listens: boolean) => void = () => {};
  /** Told when it has ended, whoever ended it. */
  onEnded: () => void = () => {};

  constructor(
    readonly name: string,
    folder: string,
    xml: string,
    readonly openwirePort: number,
    readonly amqpPort: number,
  ) {
    this.configuration = `${folder}/${name}.xml`;
    this.log = `${folder}/${name}.log`;
    this.configure(xml);
    writeFileSync(this.log, '');
  }

  /** From its next start on. */
  configure(xml: string): void {
    writeFileSync(this.configuration, xml);
  }

  start(): void {
    if (this.alive) throw new Error(`${this.name} is running`);
    this.said = '';
    const log = openSync(this.log, 'a');
    this.child = spawn('java', [...OPTIONS, '-cp', classPath(), 'Launcher', this.configuration], {
      stdio: ['pipe', 'pipe', log],
    });
    closeSync(log);
    const { child } = this;
    running.add(child);
    child.once('exit', () => {
      running.delete(child);
      this.onListening(false);
      for (const answer of this.asking.splice(0)) answer('{}');
      this.onEnded();
    });
    // Who asks a process that has just died hears of it by its end.
    child.stdin?.on('error', () => {});
    let rest = '';
    child.stdout?.on('data', (text) => {
      if (child !== this.child) return;
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.heard(line);
    });
  }

  private heard(line: string): void {
    if (line.startsWith(METRICS)) return void this.asking.shift()?.(line.slice(METRICS.length));
    this.said += `${line}\n`;
    if (this.active) this.onListening(true);
  }

  get processId(): number | undefined {
    return this.alive ? this.child?.pid : undefined;
  }

  get alive(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** True once it has the store's lock and listens. */
  get active(): boolean {
    return this.alive && this.said.includes('STARTED\n');
  }

  /** True once it runs, whether it has the lock or waits for it. */
  get up(): boolean {
    return this.alive && this.said.includes('STARTING\n');
  }

  async until(state: 'active' | 'up', timeoutMs = 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!this[state]) {
      if (!this.alive) throw new Error(`${this.name} ended:\n${this.tail()}`);
      if (Date.now() > deadline) throw new Error(`${this.name} is not ${state} after ${timeoutMs} ms:\n${this.tail()}`);
      await sleep(20);
    }
  }

  /** As a power cut would: nothing is flushed, closed or said goodbye to. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || !this.alive) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Undefined of an instance that isn't active. */
  async metrics(): Promise<BrokerMetrics | undefined> {
    if (!this.active) return undefined;
    const answer = await new Promise<string>((resolve) => {
      this.asking.push(resolve);
      this.child?.stdin?.write('metrics\n');
    });
    return answer === '{}' ? undefined : (JSON.parse(answer) as BrokerMetrics);
  }

  /** The last lines of its log, of those that match. */
  tail(lines = 60, matching = /./): string {
    const all = readFileSync(this.log, 'utf8').split('\n');
    return all
      .filter((line) => matching.test(line))
      .slice(-lines)
      .join('\n');
  }
}
