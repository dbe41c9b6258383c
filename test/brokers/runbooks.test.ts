import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeBrokerCommand, MqClient, RebootBrokerCommand } from '@aws-sdk/client-mq';
import { App } from 'cdktf';
import { addStacks, ENVIRONMENTS } from '../../environments';
import type { EnvironmentSettings } from '../../environments/settings';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { anOrder } from '../functions/shop/orders';
import { Runbook, withAws } from '../scenarios/runbook';
import { until } from '../scenarios/shop';
import { describeActiveMq } from './harness/describe-brokers';

const BROKER = 'mq-us-east-1-broker';
const env = 'mq';

type Brokers = NonNullable<EnvironmentSettings['brokers']>;
const MQ = ENVIRONMENTS.mq as EnvironmentSettings;
const SETTINGS = MQ.brokers as Brokers;

interface Looked {
  readonly instances: readonly { readonly name: string; readonly state: string; readonly processId?: number }[];
  readonly storePercent?: number;
  readonly queues?: Readonly<Record<string, { readonly size: number; readonly consumers: number }>>;
}

describeActiveMq('runbooks of brokers, followed beside npm start -- --brokers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
  const synthesized = join(folder, 'cdktf.out');
  let environment: StartedEnvironment;
  let brokers: string;
  let mq: MqClient;
  let orders = 0;

  function synthesize(change: Partial<Brokers> = {}): void {
    const app = new App({ outdir: synthesized });
    addStacks(app, { ...MQ, brokers: { ...SETTINGS, ...change } });
    app.synth();
  }
  async function deploy(change: Partial<Brokers>): Promise<void> {
    synthesize(change);
    await environment.deploy();
  }

  beforeAll(async () => {
    synthesize();
    const variables = { broker_orders_b_password: 'the-second-of-two' };
    environment = await startEnvironment({ stacks: ['mq-*'], synthesized, brokers: true, variables });
    brokers = environment.brokersUrl as string;
    mq = new MqClient({
      ...{ endpoint: environment.endpoint, region: 'us-east-1' },
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  }, 180_000);
  afterAll(async () => {
    await environment?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const output = (name: string) => {
    const found = [...environment.stacks.values()].find(({ outputs }) => name in outputs)?.outputs[name];
    if (found === undefined) throw new Error(`no stack has an output ${name}`);
    return found;
  };
  const page = (name: string) => new Runbook(name, { endpoint: environment.endpoint, output });
  const here = (line: string) => line.replaceAll(/\w+\.json/g, (name) => join(folder, name));
  const pair = async () => {
    const looked = (await (await fetch(brokers)).json()) as { readonly brokers: readonly Looked[] };
    return looked.brokers[0] as Looked;
  };
  const kill = async (state: 'active' | 'standby') => {
    const found = (await pair()).instances.find((instance) => instance.state === state);
    process.kill(found?.processId as number, 'SIGKILL');
  };

  /** @returns whether the pair has confirmed it */
  async function place(more: object = {}): Promise<boolean> {
    const orderId = `order-walk-${String(orders + 1).padStart(4, '0')}`;
    const body = JSON.stringify({ ...anOrder({ orderId }), ...more });
    const { ok } = await fetch(`${brokers}/queues/orders`, { method: 'POST', body });
    if (ok) orders += 1;
    return ok;
  }
  const allPaid = (seconds = 60) =>
    until(
      'every order that the brokers took is paid',
      async () => environment.payment.report('activemq').charges,
      (charges) => charges === orders,
      seconds,
    );

  const describeBroker = () => mq.send(new DescribeBrokerCommand({ BrokerId: output('broker_id') }));

  /** The page's two lines: the request into a file, and the call with it. */
  async function look(runbook: Runbook) {
    expect(await runbook.follow('echo', {}, here)).toMatchObject({ status: 0, stderr: '' });
    expect(await runbook.follow('aws lambda invoke', { env }, here)).toMatchObject({ status: 0, stderr: '' });
    return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  }

  const untilHealthy = (runbook: Runbook) =>
    until(
      'all well',
      () => look(runbook),
      ({ unhealthy }) => unhealthy.length === 0,
      60,
    );

  withAws(
    'broker-down: a dead instance is replaced; a dead pair is seen, and what it had accepted is paid when it is back',
    async () => {
      const runbook = page('broker-down');
      expect(await look(runbook)).toMatchObject({ unhealthy: [] });
      await kill('active');
      expect(await place()).toBe(true);
      await allPaid();
      await until('a new one stands by', pair, ({ instances }) => instances.some(({ state }) => state === 'standby'));
      expect(await look(runbook)).toMatchObject({ action: { kind: 'none' }, unhealthy: [] });

      expect(await place()).toBe(true);
      await kill('standby');
      await kill('active');
      expect(await look(runbook)).toMatchObject({ unhealthy: [BROKER] });
      await untilHealthy(runbook);
      expect(await place()).toBe(true);
      await allPaid();
      // This pair has no replica: test/scenarios/runbooks-brokers.test.ts approves a failover.
      expect(runbook.left()).toEqual([
        expect.stringMatching(/^aws dynamodb put-item /),
        expect.stringMatching(/^aws mq promote /),
      ]);
    },
    180_000,
  );

  withAws(
    'broker-full: the queue that fills the store is found, its consumers come back, and every order is paid',
    async () => {
      // Somebody has switched the mapping off.
      const broken = page('broker-queue');
      const mapping = async () => {
        const listed = await broken.follow('aws lambda list-event-source-mappings', { prefix: 'mq-us-east-1' });
        expect(listed).toMatchObject({ status: 0, stderr: '' });
        return JSON.parse(listed.stdout).EventSourceMappings[0] as { UUID: string; State: string };
      };
      const { UUID: uuid } = await mapping();
      const SWITCH = 'aws lambda update-event-source-mapping';
      const off = (line: string) => line.replace('--enabled', '--no-enabled');
      expect(await broken.follow(SWITCH, { uuid }, off)).toMatchObject({ status: 0 });
      const consumers = async () => (await pair()).queues?.orders?.consumers;
      await until('nobody consumes', consumers, (count) => count === 0);
      // A newer shop sends more than anybody here knows.
      const large = { note: 'x'.repeat(31_000) };
      const filling = async (): Promise<void> => {
        while (await place(large));
      };
      await filling();

      const runbook = page('broker-full');
      const { instances, storePercent, queues } = await pair();
      expect(storePercent).toBeGreaterThanOrEqual(90);
      const instance = instances.find(({ state }) => state === 'active')?.name.at(-1) as string;
      const sizes = async () => {
        const answer = await runbook.follow('aws cloudwatch', { broker: BROKER, instance, queue: 'orders' });
        expect(answer).toMatchObject({ status: 0, stderr: '' });
        return JSON.parse(answer.stdout).Datapoints as { Maximum: number }[];
      };
      const full = queues?.orders?.size as number;
      await until('its size is known', sizes, (points) => points.some(({ Maximum }) => Maximum === full), 30);
      expect(runbook.left()).toEqual([]);

      expect((await mapping()).State).toBe('Disabled');
      expect(await broken.follow(SWITCH, { uuid })).toMatchObject({ status: 0, stderr: '' });
      await until('the store empties', pair, (seen) => (seen.storePercent ?? 100) < 50, 120);
      expect(await place()).toBe(true);
      await allPaid(120);
      expect(broken.left()).toEqual([]);
    },
    400_000,
  );

  withAws(
    'broker-restart: what waits is seen, approved, done in the next round and written down, and orders go on',
    async () => {
      await deploy({ queues: SETTINGS.queues.map((queue) => ({ ...queue, prefetch: 20 })) });
      const runbook = page('broker-restart');
      expect(await look(runbook)).toMatchObject({
        action: { kind: 'ask', reason: `configuration revision 3 waits for a restart of ${BROKER}` },
      });
      const said = { env, broker: BROKER, you: 'Ada', 'an id of your own': 'restart-1' };
      expect(await runbook.follow('aws dynamodb put-item', said)).toMatchObject({ status: 0, stderr: '' });
      expect(await runbook.follow('aws dynamodb put-item', said)).toMatchObject({
        ...{ status: 255, stderr: expect.stringContaining('ConditionalCheckFailed') },
      });
      const audited = async () => {
        const answer = await runbook.follow('aws dynamodb query', { env });
        expect(answer).toMatchObject({ status: 0, stderr: '' });
        return answer.stdout;
      };
      // Rounds come by the minute.
      await until('the next round has done it', audited, (records) => records.includes('Ada'), 100);
      expect(await place()).toBe(true);
      const done = await until('restarted', describeBroker, ({ BrokerState }) => BrokerState === 'RUNNING');
      expect(done.Configurations).toMatchObject({ Current: { Revision: 3 } });
      expect(done.Configurations?.Pending).toBeUndefined();
      expect(await place()).toBe(true);
      await allPaid();
      const { action } = await untilHealthy(runbook);
      expect(action.reason).toContain(`${BROKER} was worked on`);
      expect(runbook.left()).toEqual([]);
    },
    240_000,
  );

  test('broker-passwords: a user takes another one’s place, and no order waits for it', async () => {
    const runbook = page('broker-passwords');
    const [, line = ''] = /^ +`(applications: \[.+\])`/m.exec(runbook.text) ?? [];
    const [first, second] = (new Function(`return { ${line} }`)() as Brokers['users']).applications;
    if (!first || !second) throw new Error('the page names no second user');
    const { bridges } = SETTINGS.users;
    const users = (...applications: (typeof first)[]) => deploy({ users: { applications, bridges } });
    /** As the maintenance window does; how a person does it is the page of restarts. */
    const restart = async () => {
      await mq.send(new RebootBrokerCommand({ BrokerId: output('broker_id') }));
      await until(
        'restarted',
        describeBroker,
        ({ BrokerState, Users = [] }) =>
          BrokerState === 'RUNNING' && Users.every(({ PendingChange }) => !PendingChange),
      );
    };
    const goesOn = async () => {
      expect(await place()).toBe(true);
      await allPaid();
    };
    await users(first, second);
    expect((await describeBroker()).Users).toContainEqual({ Username: 'orders_b', PendingChange: 'CREATE' });
    await goesOn();
    await restart();
    await goesOn();

    await users(second, first);
    expect(output('application_secret_arn')).toContain('orders_b');
    await goesOn();
    expect((await pair()).queues?.orders?.consumers).toBe(1);

    await users(second);
    await goesOn();
    await restart();
    expect((await describeBroker()).Users?.map(({ Username }) => Username).sort()).toEqual(['network', 'orders_b']);
    await goesOn();
    expect(runbook.left()).toEqual([]);
  }, 240_000);
});
