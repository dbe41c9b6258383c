import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { parsePayment } from '../../functions/shop/payment-simulator/requests';
import { emptyBooks, pay, report } from '../../functions/shop/payment-simulator/simulator';
import { processBehind } from '../process-behind';
import { account, type Lane, quick, type Shop, startShop, until } from './shop';

type Moment = 'before' | 'during' | 'after' | 'never';

/** A payment system that kills whoever calls it, once for each order that it is told of; or never answers that call. */
class Assassin {
  readonly books = emptyBooks();
  readonly victims: number[] = [];
  private readonly contracts = new Map<string, Moment>();
  private readonly server: Server;

  constructor() {
    this.server = createServer(async (request, response) => {
      const key = request.headers['idempotency-key'] as string;
      const moment = this.contracts.get(key);
      this.contracts.delete(key);
      // Found while it waits for its answer: once it has that, it may be done and have hung up.
      const pid = processBehind(request.socket);
      const kill = () => {
        if (pid === undefined || pid === process.pid)
          throw new Error(`nobody behind port ${request.socket.remotePort}`);
        this.victims.push(pid);
        process.kill(pid, 'SIGKILL');
      };
      if (moment === 'never') return;
      if (moment === 'before') return kill();
      const answer = pay(this.books, parsePayment(key, await json(request)), { kind: 'up' }, Math.random);
      if (moment === 'during') return kill();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body), () => {
        if (moment === 'after') kill();
      });
    });
  }

  order(id: string, moment: Moment): void {
    this.contracts.set(id, moment);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let shop: Shop;
let lane: Lane;
const assassin = new Assassin();

beforeAll(async () => {
  shop = await startShop(
    [quick('dead-letters', { functionTimeoutSeconds: 2, visibilityTimeoutSeconds: 12, paymentTimeoutMs: 60_000 })],
    {
      payment_url: await assassin.listen(),
    },
  );
  lane = shop.lane('protected');
}, 60_000);
afterAll(async () => {
  await shop?.stop();
  assassin.close();
});

test('a process killed before, during and after the payment loses nothing and pays nothing twice', async () => {
  // One after the other: a kill takes the whole batch with it, and each order is to have a death of its own.
  for (const moment of ['before', 'during', 'after'] as const) {
    assassin.order(`killed-${moment}`, moment);
    await lane.place(`killed-${moment}`);
    await until(
      `killed-${moment} is paid`,
      () => lane.statuses(),
      (seen) => seen[`killed-${moment}`] === 'paid',
      60,
    );
  }

  expect(assassin.victims).toHaveLength(3);
  expect(report(assassin.books)).toMatchObject({ charges: 3, doubleCharges: 0 });
  // The message of one that was killed after its end comes back once more, as a duplicate.
  await until(
    'nothing waits',
    () => lane.depth('orders'),
    (depth) => depth === 0,
    30,
  );
  const done = ['killed-after', 'killed-before', 'killed-during'];
  expect(await account(lane)).toEqual({ done, repair: [], parked: [], waiting: 0, lost: [], twice: [] });
}, 200_000);

test('a payment that hangs for longer than the function may run is one failed order, and not the end of its batch', async () => {
  const started = Date.now();
  assassin.order('hangs-too-long', 'never');
  await lane.place('hangs-too-long', 'is-its-neighbour');
  await until(
    'both are paid',
    () => lane.statuses(['hangs-too-long', 'is-its-neighbour']),
    (seen) => Object.values(seen).every((status) => status === 'paid'),
    60,
  );
  expect(await lane.order('hangs-too-long')).toMatchObject({ attempts: 2 });
  const invocations = await lane.invocations(started);
  expect(invocations.filter(({ outcome }) => outcome === 'timeout')).toEqual([]);
});
