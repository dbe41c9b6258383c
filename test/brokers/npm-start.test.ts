import { until } from '../emulator/on-emulator';
import { anOrder } from '../functions/shop/orders';
import { NpmStart } from '../npm-start';
import { describeActiveMq } from './harness/describe-brokers';

interface Looked {
  readonly brokers: readonly {
    readonly instances: readonly { readonly name: string; readonly state: string; readonly processId?: number }[];
    readonly queues: Readonly<Record<string, { readonly size: number }>>;
  }[];
}

describeActiveMq('npm start with brokers', () => {
  const npmStart = new NpmStart();

  test('an order through the pair is paid, the next one too when the active broker dies in between, and nothing is left', async () => {
    const start = npmStart.with('--port', '0', '--no-open', '--brokers');
    await start.says('Ctrl-C stops everything');
    expect(start.output).not.toMatch(/warning/i);
    const brokers = await start.url('brokers');
    const payment = await start.url('payment');
    const states = async () => {
      const {
        brokers: [pair],
      } = (await (await fetch(brokers)).json()) as Looked;
      return pair?.instances ?? [];
    };
    const order = async (orderId: string) => {
      const sent = await fetch(`${brokers}/queues/orders`, {
        method: 'POST',
        body: JSON.stringify(anOrder({ orderId })),
      });
      expect(await sent.json()).toEqual({ accepted: true });
    };
    const paid = (count: number) =>
      until(
        `${count} paid`,
        async () => (await (await fetch(`${payment}/activemq/report`)).json()) as { charges: number },
        ({ charges }) => charges === count,
        30_000,
      );
    await order('order-broker-0001');
    await paid(1);

    const active = (await states()).find(({ state }) => state === 'active');
    process.kill(active?.processId as number, 'SIGKILL');
    await order('order-broker-0002');
    await paid(2);
    expect((await states()).find(({ state }) => state === 'active')?.name).not.toBe(active?.name);
    await until(
      'a new one stands by',
      states,
      (seen) => seen.some(({ name, state }) => name === active?.name && state === 'standby'),
      30_000,
    );

    process.kill(-(start.child.pid ?? 0), 'SIGINT');
    await start.exitCode();
    await npmStart.nothingIsLeft();
  }, 240_000);

  test('told to end while its brokers start: they end too', async () => {
    const start = npmStart.with('--port', '0', '--no-open', '--brokers');
    await start.says('Started the emulator');
    start.child.kill('SIGTERM');
    await start.exitCode();
    await npmStart.nothingIsLeft();
  }, 120_000);
});
