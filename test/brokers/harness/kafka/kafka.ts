import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../../local/brokers/broker-process';
import { make, run, works } from '../../../../local/brokers/install';

const HOME = resolve(__dirname, '../../../../.spillway/kafka');
const JARS = join(HOME, 'lib');
const CLASSES = join(HOME, 'classes');

/** What is missing to run a real Kafka, as one line; undefined when nothing is. */
export function missingForKafka(): string | undefined {
  if (!works('java', '-version') || !works('javac', '-version'))
    return 'The Kafka test needs Java 17 (java and javac): install a JDK, for example apt-get install openjdk-17-jdk-headless';
  if (!existsSync(JARS) && !works('mvn', '-version'))
    return 'The Kafka test fetches Kafka with Maven, once: install it, for example apt-get install maven';
  return undefined;
}

let classPath = '';

async function install(): Promise<void> {
  await make(HOME, JARS, (folder) =>
    run('mvn', [
      ...['-q', '-B', '-f', join(__dirname, 'pom.xml'), 'dependency:copy-dependencies'],
      ...['-DincludeScope=runtime', `-DoutputDirectory=${folder}`],
    ]),
  );
  const jars = readdirSync(JARS).filter((name) => name.endsWith('.jar'));
  const path = jars.map((name) => join(JARS, name)).join(delimiter);
  const [source, compiled] = [join(__dirname, 'Bridge.java'), join(CLASSES, 'Bridge.class')];
  if (existsSync(compiled) && statSync(compiled).mtimeMs < statSync(source).mtimeMs)
    rmSync(CLASSES, { recursive: true });
  await make(HOME, CLASSES, (folder) => run('javac', ['-cp', path, '-d', folder, source]));
  classPath = `${CLASSES}${delimiter}${path}`;
}

/** Small and quick to start. */
const OPTIONS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** One record as Lambda hands it to a function. Source: Lambda guide, "Using Lambda with Amazon MSK", example event. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key?: string;
  readonly value?: string;
}

/** One Kafka, broker and controller in one process (KRaft), on this machine alone. */
export class KafkaProcess {
  private child: ChildProcessWithoutNullStreams | undefined;
  private readonly log: string;
  servers = '';

  constructor(private readonly folder: string) {
    this.log = join(folder, 'kafka.log');
  }

  async start(timeoutMs = 60_000): Promise<void> {
    const [port, controller] = [await freePort(), await freePort()];
    this.servers = `127.0.0.1:${port}`;
    const properties = join(this.folder, 'server.properties');
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://${this.servers}`,
      'controller.listener.names': 'CONTROLLER',
      'log.dirs': join(this.folder, 'data'),
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 1,
      'auto.create.topics.enable': false,
    };
    writeFileSync(
      properties,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}`)
        .join('\n'),
    );
    await install();
    const format = ['kafka.tools.StorageTool', 'format', '-t', 'c3BpbGx3YXktdGVzdC0xMQ', '-c', properties];
    execFileSync('java', [...OPTIONS, '-cp', classPath, ...format], { stdio: 'ignore' });
    const log = openSync(this.log, 'a');
    this.child = spawn('java', [...OPTIONS, '-cp', classPath, 'kafka.Kafka', properties], {
      stdio: ['pipe', log, log],
    }) as ChildProcessWithoutNullStreams;
    const started = Date.now();
    while (!readFileSync(this.log, 'utf8').includes('Kafka Server started')) {
      if (Date.now() - started > timeoutMs || this.child.exitCode !== null)
        throw new Error(`Kafka has not started:\n${readFileSync(this.log, 'utf8').slice(-2000)}`);
      await sleep(100);
    }
  }

  stop(): void {
    this.child?.kill('SIGKILL');
  }
}

/** Kafka's own client for one topic, read as one group: what it has committed is where the next one goes on. */
export class KafkaTopic {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: ((line: string) => void)[] = [];

  constructor(servers: string, topic: string, partitions: number) {
    const args = [...OPTIONS, '-cp', classPath, 'Bridge', servers, topic, String(partitions)];
    this.child = spawn('java', args, {
      stdio: ['pipe', 'pipe', 'ignore'],
    }) as unknown as ChildProcessWithoutNullStreams;
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.(line));
  }

  async put(key: string, value: string): Promise<void> {
    await this.ask({ put: true, key, value });
  }

  poll(): Promise<KafkaRecord[]> {
    return this.ask({ poll: true }) as Promise<KafkaRecord[]>;
  }

  /** @param offsets partition → the next to be read */
  async commit(offsets: Readonly<Record<number, number>>): Promise<void> {
    await this.ask({ commit: offsets });
  }

  close(): void {
    this.child.kill('SIGKILL');
  }

  private ask(request: object): Promise<unknown> {
    return new Promise((resolve) => {
      this.waiting.push((line) => resolve(JSON.parse(line)));
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
}
