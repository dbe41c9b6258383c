import { Refused } from '../../../runtime/failures';
import { fingerprint } from '../../../runtime/read';
import { type Order, orderContent } from '../../domain/order';

/** Step Functions, as far as starting a saga goes. */
export interface Executions {
  /** Starts an execution by that name; `exists`: there is, or was, one of that name that this start is not a repetition of. */
  start(name: string, input: string): Promise<'started' | 'exists'>;
  /** The input of the execution of that name. */
  inputOf(name: string): Promise<string>;
}

/**
 * Starts one saga an order, however often its message is delivered: the order's id is the execution's name. Step Functions answers a repeated start as if it
 * were the first while the execution runs, and refuses it when it has ended or the input differs (for 90 days; the ledger knows it for longer). What is refused
 * is done if it is the same order, and for a person if it is another order under a used id.
 *
 * @throws Refused
 */
export async function startSaga(order: Order, { start, inputOf }: Executions): Promise<{ readonly execution: string }> {
  const { orderId } = order;
  if ((await start(orderId, executionInput(order))) === 'exists') {
    const ran: unknown = JSON.parse(await inputOf(orderId));
    if (fingerprint(orderContent(ran)) !== fingerprint(orderContent(order)))
      throw new Refused(`The id ${orderId} was used before, by an order with other content.`);
  }
  return { execution: orderId };
}

/** The same order gives the same text, whatever order a sender's JSON library puts the fields in: another text would be another input. */
function executionInput(order: Order): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
  };
  return JSON.stringify(sorted(order));
}
