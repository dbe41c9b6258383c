import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerProcess, freePort } from '../../../local/brokers/broker-process';
import { overlay } from '../../../local/brokers/overlay';
import { configurationXml, grantQueues, type NetworkConnector, type QueuePolicy } from '../../../modules/broker';
import { connectorOf, type Link } from '../../../modules/broker-network';
import { PASSWORD } from './password';
import { TcpProxy } from './tcp-proxy';

/** Who has a user on every broker of the tests. */
const USERS = [
  { username: 'orders', password: PASSWORD, groups: ['applications'] },
  { username: 'network', password: PASSWORD, groups: ['bridges'] },
];
/** What the tests themselves ask: how many messages a queue holds. */
const STATISTICS = 'ActiveMQ.Statistics.Destination.>';

export interface PairSettings {
  readonly region: string;
  readonly queues?: readonly QueuePolicy[];
  readonly dials?: readonly NetworkConnector[];
  readonly networked?: boolean;
  readonly addresses?: ReadonlyMap<string, string>;
  /** Megabytes; see `Overlay`. */
  readonly storeLimit?: number;
}

/** An active/standby pair on one store, as one region has it. */
export class BrokerPair {
  readonly instances: readonly BrokerProcess[];
  readonly region: string;

  private constructor(region: string, instances: readonly BrokerProcess[]) {
    this.region = region;
    this.instances = instances;
  }

  static async create(folder: string, settings: PairSettings, ports?: readonly Ports[]): Promise<BrokerPair> {
    const { region, queues = [], dials = [], networked, addresses = new Map(), storeLimit } = settings;
    const directory = join(folder, `store-${region}`);
    mkdirSync(directory, { recursive: true });
    const xml = configurationXml({
      queues,
      networkConnectors: dials,
      networked,
      authorization: grantQueues({
        queues: [...queues, { queue: 'orders' }, { queue: STATISTICS }],
        ...{ applications: 'applications', bridges: 'bridges' },
      }),
    });
    const places = ports ?? [await freePorts(), await freePorts()];
    const instances = places.map(({ openwirePort, amqpPort }, index) => {
      const runnable = overlay(xml, {
        ...{ brokerName: region, directory, users: USERS, addresses },
        ...{ openwirePort, amqpPort, storeLimit },
      });
      return new BrokerProcess(`${region}-${index + 1}`, folder, runnable, openwirePort, amqpPort);
    });
    return new BrokerPair(region, instances);
  }

  /** Both instances; resolves when one is active and the other waits for the lock. */
  async start(): Promise<void> {
    for (const instance of this.instances) if (!instance.alive) instance.start();
    await Promise.all(this.instances.map((instance) => instance.until('up')));
    await this.untilActive();
  }

  async untilActive(timeoutMs = 30_000): Promise<BrokerProcess> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const active = this.active;
      if (active) return active;
      if (Date.now() > deadline || this.instances.every(({ alive }) => !alive)) {
        throw new Error(
          `${this.region} has no active instance:\n${this.instances.map((one) => one.tail()).join('\n')}`,
        );
      }
      await sleep(20);
    }
  }

  get active(): BrokerProcess | undefined {
    return this.instances.find((instance) => instance.active);
  }

  /** @returns the instance that was active. */
  async killActive(): Promise<BrokerProcess> {
    const active = await this.untilActive();
    await active.kill();
    return active;
  }

  async killBoth(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.kill()));
  }

  get amqpPorts(): number[] {
    return this.instances.map(({ amqpPort }) => amqpPort);
  }
}

interface Ports {
  readonly openwirePort: number;
  readonly amqpPort: number;
}

async function freePorts(): Promise<Ports> {
  return { openwirePort: await freePort(), amqpPort: await freePort() };
}

/** The address that Amazon MQ would give an instance. */
const address = (region: string, index: number) => `ssl://b-${region}-${index + 1}.mq.amazonaws.com:61617`;

export interface NetworkSettings {
  readonly links: readonly Link[];
  readonly queues?: readonly QueuePolicy[];
}

/** Pairs of several regions with the bridges that modules/broker-network declares; every bridge goes through a proxy that can be cut. */
export class PairNetwork {
  private constructor(
    readonly folder: string,
    readonly pairs: ReadonlyMap<string, BrokerPair>,
    private readonly proxies: ReadonlyMap<string, readonly TcpProxy[]>,
  ) {}

  static async create({ links, queues }: NetworkSettings): Promise<PairNetwork> {
    const folder = mkdtempSync(join(tmpdir(), 'spillway-brokers-'));
    const regions = [...new Set(links.flatMap(({ dials, answers }) => [dials, answers]))];
    const ports = new Map<string, Ports[]>();
    for (const region of regions) ports.set(region, [await freePorts(), await freePorts()]);
    const proxies = new Map<string, TcpProxy[]>();
    for (const { dials, answers } of links) {
      const lines: TcpProxy[] = [];
      for (const { openwirePort } of ports.get(answers) ?? []) lines.push(new TcpProxy(await freePort(), openwirePort));
      proxies.set(`${dials}-${answers}`, lines);
    }
    const pairs = new Map<string, BrokerPair>();
    for (const region of regions) {
      const mine = links.filter(({ dials }) => dials === region);
      const addresses = new Map(
        mine.flatMap(({ answers }) =>
          (proxies.get(`${region}-${answers}`) ?? []).map((proxy, index): [string, string] => [
            address(answers, index),
            `tcp://127.0.0.1:${proxy.port}`,
          ]),
        ),
      );
      const dials = mine.map((link) =>
        connectorOf(link, [address(link.answers, 0), address(link.answers, 1)], 'network'),
      );
      const settings = { region, queues, dials, networked: true, addresses };
      pairs.set(region, await BrokerPair.create(folder, settings, ports.get(region)));
    }
    for (const [region, { instances }] of pairs) {
      const answered = links.filter(({ answers }) => answers === region);
      for (const [index, instance] of instances.entries()) {
        instance.onListening = (listens) => {
          for (const { dials } of answered) proxies.get(`${dials}-${region}`)?.[index]?.follow(listens);
        };
      }
    }
    return new PairNetwork(folder, pairs, proxies);
  }

  pair(region: string): BrokerPair {
    const found = this.pairs.get(region);
    if (!found) throw new Error(`no region ${region}`);
    return found;
  }

  async start(): Promise<void> {
    await Promise.all([...this.pairs.values()].map((pair) => pair.start()));
  }

  /** Swallows what goes over a link without closing anything, as a cut line does. */
  cut(link: Link): void {
    for (const proxy of this.proxies.get(`${link.dials}-${link.answers}`) ?? []) proxy.cut();
  }

  heal(link: Link): void {
    for (const proxy of this.proxies.get(`${link.dials}-${link.answers}`) ?? []) proxy.heal();
  }

  /** What the brokers last said of their bridges: why a test failed. */
  bridges(): string {
    const said = [...this.pairs.values()].flatMap(({ active }) => (active ? [active] : []));
    return said.map((one) => `${one.name}:\n${one.tail(8, /network|failover/i)}`).join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pairs.values()].map((pair) => pair.killBoth()));
    for (const proxy of [...this.proxies.values()].flat()) proxy.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
