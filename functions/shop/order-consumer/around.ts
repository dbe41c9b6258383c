import { randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { askCanary, charge, type PaymentCall } from '../domain/payment';
import type { OrdersTable } from '../orders/table';
import type { Surroundings } from './process-order';
import { repairMessage } from './repair';

/** Milliseconds kept back for recording what happened, or handing it over, when the invocation itself is about to end. */
const RESERVE_MS = 1500;

/** Canaries in a row that say that payment works for others: a flaky system answers some. */
const CANARIES = 3;

/** Milliseconds that a payment call may take: a call that hangs must be one failed item, and not the end of the whole batch. */
export function paymentTimeout(mostMs: number, remainingMs: number): number {
  return Math.min(mostMs, remainingMs - RESERVE_MS);
}

/** What every consumer of orders has around it in one invocation, whichever queue feeds it. */
export function around(
  sqs: SQSClient,
  orders: OrdersTable,
  environment: { readonly PAYMENT_URL: string; readonly REPAIR_QUEUE_URL: string },
  authorization: () => Promise<string | undefined>,
  /** Milliseconds that a payment call may take now. */
  timeLeft: () => number,
): Pick<Surroundings, 'orders' | 'canaryIsGreen' | 'sendToRepair' | 'now' | 'random'> {
  const ask = async (): Promise<boolean> => {
    try {
      await orders.probe(new Date());
      const header = await authorization();
      const send = (call: PaymentCall) => charge(environment.PAYMENT_URL, call, timeLeft(), header);
      return (await askCanary(send, CANARIES, randomUUID)).green;
    } catch {
      return false;
    }
  };
  /** One verdict for all orders of a batch: they are handled at one moment. */
  let verdict: Promise<boolean> | undefined;
  return {
    orders,
    canaryIsGreen: () => {
      verdict ??= ask();
      return verdict;
    },
    sendToRepair: async (record, note) => {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: environment.REPAIR_QUEUE_URL, ...repairMessage(record, note) }),
      );
    },
    now: () => new Date(),
    random: Math.random,
  };
}
