import { orderSaga } from '../../../../environments/stacks/order-saga';
import type { Order } from '../../../../functions/shop/domain/order';
import { sortAnswer } from '../../../../functions/shop/domain/payment';
import { apologize } from '../../../../functions/shop/order-saga/apologize/apologize';
import { brew } from '../../../../functions/shop/order-saga/brew/brew';
import { takePayment } from '../../../../functions/shop/order-saga/charge/take-payment';
import { discard } from '../../../../functions/shop/order-saga/discard/discard';
import type { Change, Effect, EffectRecord, Ledger } from '../../../../functions/shop/order-saga/ledger';
import { notify } from '../../../../functions/shop/order-saga/notify/notify';
import { giveBack } from '../../../../functions/shop/order-saga/refund/give-back';
import { reserveBeans } from '../../../../functions/shop/order-saga/reserve-beans/reserve-beans';
import { returnBeans } from '../../../../functions/shop/order-saga/return-beans/return-beans';
import type { Results } from '../../../../functions/shop/order-saga/step';
import { type Books, emptyBooks, pay, refund } from '../../../../functions/shop/payment-simulator/simulator';
import { compile, type StateMachine, type Task } from '../../../../modules/saga';
import type { Clock } from '../../../modules/saga/clock';
import { StatesError, type World } from '../../../modules/saga/interpreter';

/** The ledger in memory, with the same conditions as the table's. */
export class MemoryLedger implements Ledger {
  readonly records = new Map<string, EffectRecord>();
  constructor(public stock: number) {}

  async read(orderId: string, effect: Effect) {
    return this.records.get(`${orderId}/${effect}`);
  }

  async write({ orderId, effect, from, to, detail, stock = 0 }: Change): ReturnType<Ledger['write']> {
    const key = `${orderId}/${effect}`;
    if (this.records.get(key)?.state !== from) return 'changed';
    if (this.stock + stock < 0) return 'short';
    this.stock += stock;
    this.records.set(key, { state: to, detail });
    return 'written';
  }
}

/** What becomes of one attempt at a task. `late`: the caller gives up, and the effect comes some time after. */
export type Fate = 'fine' | 'killed before' | 'killed after' | 'late' | 'twice';

/** Replaceable parts, so that a test can break one of them. */
export interface Parts {
  readonly ledger: (stock: number) => MemoryLedger;
  readonly refund: typeof refund;
  readonly machine: StateMachine;
  /** The execution's name for one delivery of an order. */
  readonly nameOf: (orderId: string, delivery: number) => string;
}

export const orderMachine = compile(
  orderSaga(
    (name): Task => ({
      name,
      resource: 'arn:aws:states:::lambda:invoke',
      arguments: {
        FunctionName: name,
        Payload:
          "{% {'saga': $states.context.Execution.Name, 'input': $states.input.input, 'results': $states.input.results} %}",
      },
      result: '$states.result.Payload',
      timeout: 10,
      retry: { interval: 1, rate: 2, attempts: 2, cap: 10 },
    }),
  ),
  { comment: 'orders', parkingQueueUrl: 'parking' },
);

export const sound: Parts = {
  ledger: (stock) => new MemoryLedger(stock),
  refund,
  machine: orderMachine,
  nameOf: (orderId) => orderId,
};

/** The shop's services in memory, called by the state machine's tasks through the functions' real code, with faults in between. */
export class Shop implements World {
  readonly payments: Books = emptyBooks();
  readonly ledger: MemoryLedger;
  readonly ends = new Map<string, { status: string; detail: string }>();
  readonly parked: Record<string, unknown>[] = [];
  private readonly attempts = new Map<string, number>();
  bankSaysNo = false;

  constructor(
    readonly clock: Clock,
    readonly random: () => number,
    readonly fate: (task: string, attempt: number) => Fate,
    readonly openingStock: number,
    private readonly parts: Parts,
  ) {
    this.ledger = parts.ledger(openingStock);
  }

  async call(resource: string, args: unknown): Promise<unknown> {
    await this.clock.sleep(this.random() * 0.2);
    if (resource.includes('sqs')) {
      this.parked.push(JSON.parse((args as { MessageBody: string }).MessageBody) as Record<string, unknown>);
      return {};
    }
    const { FunctionName: task, Payload } = args as {
      FunctionName: string;
      Payload: { input: Order; results: Results };
    };
    const attempt = (this.attempts.get(task) ?? 0) + 1;
    this.attempts.set(task, attempt);
    const fate = this.fate(task, attempt);
    // Step Functions delivers a task at least once: a second invocation beside the first, with its own delays.
    if (fate === 'twice') this.invoke(task, Payload, 'fine').catch(() => undefined);
    return { Payload: await this.invoke(task, Payload, fate) };
  }

  private async invoke(task: string, { input, results }: { input: Order; results: Results }, fate: Fate) {
    /** Every effect passes here: the one place where a process can die before or after it. */
    const effect = async <T>(happen: () => T | Promise<T>): Promise<T> => {
      await this.clock.sleep(this.random() * 0.2);
      if (fate === 'killed before') throw new StatesError('Lambda.Unknown', 'killed before its effect');
      if (fate === 'late') await this.clock.sleep(10 + this.random() * 300);
      const value = await happen();
      if (fate === 'killed after') throw new StatesError('Lambda.Unknown', 'killed after its effect');
      await this.clock.sleep(this.random() * 0.2);
      return value;
    };
    try {
      return await this.run(task, input, results, effect);
    } catch (error) {
      // Lambda reports an error's name and message; Step Functions matches the name.
      if (error instanceof StatesError) throw error;
      throw new StatesError((error as Error).name, (error as Error).message);
    }
  }

  private async run(
    task: string,
    order: Order,
    results: Results,
    effect: <T>(happen: () => T | Promise<T>) => Promise<T>,
  ): Promise<unknown> {
    const ledger: Ledger = {
      read: (orderId, name) => this.ledger.read(orderId, name),
      write: (change) => effect(() => this.ledger.write(change)),
    };
    const orders = {
      end: (orderId: string, ending: { status: string; detail: string }) =>
        effect(() => {
          if (!this.ends.has(orderId)) this.ends.set(orderId, ending);
        }),
    };
    const request = { key: order.orderId, orderId: order.orderId, amount: order.amount, canary: false };
    switch (task) {
      case 'reserve-beans':
        return reserveBeans(ledger, order);
      case 'return-beans':
        return returnBeans(ledger, order, results);
      case 'charge':
        return takePayment(async () => {
          if (this.bankSaysNo) return effect(() => sortAnswer(402, { error: 'card_declined' }));
          const { status, body } = await effect(() => pay(this.payments, request, { kind: 'up' }, this.random));
          return sortAnswer(status, body);
        }, order);
      case 'refund':
        return giveBack(
          () => effect(() => this.parts.refund(this.payments, request, { kind: 'up' }, this.random)),
          order,
        );
      case 'brew':
        return brew(ledger, order);
      case 'discard':
        return discard(ledger, order);
      case 'notify':
        return notify(orders, order, results, new Date(0));
      case 'apologize':
        return apologize(orders, order, results, new Date(0));
      default:
        throw new Error(`no function ${task}`);
    }
  }
}
