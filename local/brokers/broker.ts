import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type BrokerMetrics, BrokerProcess, freePort } from './broker-process';
import type { Certificate } from './certificate';
import { type BrokerUser, overlay } from './overlay';

/** What takes effect at a restart only. */
export interface BrokerSettings {
  readonly configuration: { readonly id: string; readonly revision: number };
  /** `X.Y`. */
  readonly engineVersion: string;
  readonly hostInstanceType: string;
  readonly users: readonly BrokerUser[];
  readonly logs: { readonly general: boolean; readonly audit: boolean };
}

interface Identity {
  readonly brokerName: string;
  readonly brokerId: string;
  readonly brokerArn: string;
  readonly deploymentMode: string;
}

/** The patch level that pom.xml names. */
const PATCH = '6';
/** Milliseconds until a dead instance is replaced, where Amazon MQ takes minutes. */
const REPLACED_AFTER_MS = 10_000;

/** Megabytes of a pair's store: little enough to be filled by hand, where Amazon MQ has 200 GB. */
const STORE_MB = 12;

/** An active/standby pair on one store, with what Amazon MQ says of it and does to it. */
export class Broker {
  private state = 'CREATION_IN_PROGRESS';
  private wanted: BrokerSettings;
  private replacement: NodeJS.Timeout | undefined;
  private stopped = false;

  private constructor(
    readonly identity: Identity,
    private settings: BrokerSettings,
    readonly instances: readonly BrokerProcess[],
    private readonly xmlOf: (instance: number, settings: BrokerSettings) => string,
  ) {
    this.wanted = settings;
    for (const instance of instances) instance.onEnded = () => this.replace();
  }

  /** @param xmlOf what a revision of a configuration says */
  static async create(
    folder: string,
    identity: Identity,
    settings: BrokerSettings,
    xmlOf: (configuration: BrokerSettings['configuration']) => string,
    { keyStore }: Certificate,
  ): Promise<Broker> {
    const directory = join(folder, identity.brokerId);
    mkdirSync(directory, { recursive: true });
    const ports: { openwirePort: number; amqpPort: number }[] = [];
    for (const _ of [1, 2]) ports.push({ openwirePort: await freePort(), amqpPort: await freePort() });
    const runnable = (instance: number, { configuration, users }: BrokerSettings) =>
      overlay(xmlOf(configuration), {
        ...{ brokerName: identity.brokerName, directory, users, keyStore, storeLimit: STORE_MB, addresses: new Map() },
        ...(ports[instance] as (typeof ports)[0]),
      });
    const instances = ports.map(
      ({ openwirePort, amqpPort }, index) =>
        new BrokerProcess(
          `${identity.brokerName}-${index + 1}`,
          directory,
          runnable(index, settings),
          openwirePort,
          amqpPort,
        ),
    );
    const broker = new Broker(identity, settings, instances, runnable);
    try {
      await broker.start();
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  get active(): BrokerProcess | undefined {
    return this.instances.find((instance) => instance.active);
  }

  /** As DescribeBroker answers. */
  describe(): object {
    const { settings, wanted } = this;
    const { configuration, engineVersion, hostInstanceType, users, logs } = settings;
    const pending = <T>(now: T, then: T) => (isDeepStrictEqual(now, then) ? undefined : then);
    const patched = (version: string | undefined) => version && `${version}.${PATCH}`;
    return {
      ...this.identity,
      brokerState: this.state,
      brokerInstances: this.instances.map(({ openwirePort, amqpPort }) => ({
        ipAddress: '127.0.0.1',
        endpoints: [`ssl://127.0.0.1:${openwirePort}`, `amqp+ssl://127.0.0.1:${amqpPort}`],
      })),
      engineType: 'ACTIVEMQ',
      engineVersion: patched(engineVersion),
      pendingEngineVersion: patched(pending(engineVersion, wanted.engineVersion)),
      hostInstanceType,
      pendingHostInstanceType: pending(hostInstanceType, wanted.hostInstanceType),
      configurations: {
        current: configuration,
        pending: pending(configuration, wanted.configuration),
        history: [],
      },
      users: userChanges(users, wanted.users),
      logs: { ...logs, pending: pending(logs, wanted.logs) },
    };
  }

  /** Waits for a restart, as everything that is changed here. */
  change(settings: Partial<BrokerSettings>): void {
    this.wanted = { ...this.wanted, ...settings };
  }

  changeUser(username: string, user: BrokerUser | undefined): void {
    const others = this.wanted.users.filter((other) => other.username !== username);
    this.change({ users: user ? [...others, user] : others });
  }

  /** One who may send now. */
  get application(): BrokerUser | undefined {
    return this.settings.users.find(({ groups }) => groups.includes('applications'));
  }

  user(username: string): BrokerUser | undefined {
    return this.wanted.users.find((user) => user.username === username);
  }

  /** One instance after the other, the one that waits first: clients are without a broker only until it has taken over. */
  async reboot(): Promise<void> {
    if (this.state !== 'RUNNING') throw new Error(`${this.identity.brokerName} is ${this.state}`);
    this.state = 'REBOOT_IN_PROGRESS';
    this.settings = this.wanted;
    try {
      for (const [index, instance] of this.instances.entries()) instance.configure(this.xmlOf(index, this.settings));
      const active = this.active;
      for (const instance of [...this.instances.filter((one) => one !== active), ...(active ? [active] : [])]) {
        await instance.kill();
        instance.start();
        await instance.until('up');
      }
      await this.untilActive();
      this.state = 'RUNNING';
    } catch (error) {
      // What Amazon MQ calls a broker that doesn't come up by itself.
      this.state = 'CRITICAL_ACTION_REQUIRED';
      if (!this.stopped) throw error;
    }
  }

  metrics(): Promise<BrokerMetrics | undefined> {
    return this.active?.metrics() ?? Promise.resolve(undefined);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.replacement);
    await Promise.all(this.instances.map((instance) => instance.kill()));
  }

  private async start(): Promise<void> {
    for (const instance of this.instances) instance.start();
    await Promise.all(this.instances.map((instance) => instance.until('up')));
    await this.untilActive();
    this.state = 'RUNNING';
  }

  private async untilActive(): Promise<void> {
    // Whoever gets the lock: the other one only waits.
    await Promise.any(this.instances.map((instance) => instance.until('active')));
  }

  private replace(): void {
    if (this.stopped || this.state !== 'RUNNING') return;
    clearTimeout(this.replacement);
    this.replacement = setTimeout(() => {
      if (this.state !== 'RUNNING') return;
      for (const instance of this.instances) if (!instance.alive) instance.start();
    }, REPLACED_AFTER_MS);
  }
}

function userChanges(now: readonly BrokerUser[], then: readonly BrokerUser[]): object[] {
  const names = [...new Set([...now, ...then].map(({ username }) => username))];
  return names.map((username) => {
    const [before, after] = [now, then].map((users) => users.find((user) => user.username === username));
    const change = !before ? 'CREATE' : !after ? 'DELETE' : isDeepStrictEqual(before, after) ? undefined : 'UPDATE';
    return { username, pendingChange: change };
  });
}
