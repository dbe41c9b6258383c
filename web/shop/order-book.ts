import type { Coffee, Size } from '../../functions/shop/domain/menu';
import type { Order, OrderStatus } from '../../functions/shop/domain/order';
import type { Icon } from '../icons';

/** Before the history knows an order, the page does: it is on its way, was refused, got no answer, or waits in the queue. */
export type Stage = 'sending' | 'refused' | 'unconfirmed' | 'waiting' | OrderStatus;

export interface Ticket {
  readonly order: Order;
  readonly lane: string;
  readonly stage: Stage;
  readonly attempts: number;
  readonly lastError?: string;
}

/** This browser's orders, newest first. */
export interface OrderBook {
  /** The server's start: another one means other queues and another history. */
  readonly run: number;
  readonly tickets: readonly Ticket[];
}

const KEPT_TICKETS = 30;

const ENDED: readonly Stage[] = ['paid', 'declined', 'refused'];
const KNOWN: readonly string[] = [
  'accepted',
  'retrying',
  'parked',
  'repair',
  'paid',
  'declined',
] satisfies OrderStatus[];

export const openBook = (run: number, saved: OrderBook | undefined): OrderBook =>
  saved?.run === run && Array.isArray(saved.tickets) ? saved : { run, tickets: [] };

export function place(book: OrderBook, order: Order, lane: string): OrderBook {
  const ticket: Ticket = { order, lane, stage: 'sending', attempts: 0 };
  return { ...book, tickets: [ticket, ...book.tickets].slice(0, KEPT_TICKETS) };
}

export function update(book: OrderBook, orderId: string, change: Partial<Ticket>): OrderBook {
  return {
    ...book,
    tickets: book.tickets.map((ticket) => (ticket.order.orderId === orderId ? { ...ticket, ...change } : ticket)),
  };
}

/** Takes over what the history of a lane says. An order that it doesn't have yet stays as it is. */
export function merge(
  book: OrderBook,
  lane: string,
  history: readonly { orderId: string; status: string; attempts?: number; lastError?: string }[],
): OrderBook {
  const records = new Map(history.map((record) => [record.orderId, record]));
  const tickets = book.tickets.map((ticket) => {
    const record = ticket.lane === lane ? records.get(ticket.order.orderId) : undefined;
    if (!record || !KNOWN.includes(record.status)) return ticket;
    const stage = record.status as OrderStatus;
    return { ...ticket, stage, attempts: record.attempts ?? ticket.attempts, lastError: record.lastError };
  });
  return { ...book, tickets };
}

/** Orders that a history shows at once; what is older has to be asked for by its id. */
export const HISTORY_LIMIT = 100;

/** Unfinished orders that a lane's history has, or may have, but doesn't show: newer ones have come since. */
export function leftOut({ tickets }: OrderBook, lane: string, history: readonly { orderId: string }[]): string[] {
  const shown = new Set(history.map(({ orderId }) => orderId));
  return tickets
    .filter((ticket) => ticket.lane === lane && !ENDED.includes(ticket.stage) && !shown.has(ticket.order.orderId))
    .filter(({ stage }) => KNOWN.includes(stage) || history.length >= HISTORY_LIMIT)
    .map(({ order }) => order.orderId);
}

/** The lanes whose history has to be read again. */
export function unfinishedLanes({ tickets }: OrderBook): string[] {
  return [...new Set(tickets.filter(({ stage }) => !ENDED.includes(stage)).map(({ lane }) => lane))];
}

/** The order of one coffee. */
export function orderOf(coffee: Coffee, size: Size, customer: string, amount: number, id: string, now: Date): Order {
  const items = [{ coffee, size, quantity: 1 }];
  return {
    orderId: id,
    customer: customer.trim() || 'Guest',
    items,
    amount,
    currency: 'USD',
    placedAt: now.toISOString(),
  };
}

/** What a stage is called, and what it means to whoever waits for the coffee. */
export const STAGES: Readonly<Record<Stage, { icon: Icon; word: string; meaning: string }>> = {
  sending: { icon: 'clock', word: 'Sending', meaning: 'On its way to the shop.' },
  refused: {
    icon: 'cross',
    word: 'Not taken',
    meaning: 'The shop refused it.',
  },
  unconfirmed: {
    icon: 'cross',
    word: 'No answer',
    meaning: 'Nobody knows whether the shop has it. Send it again: the same order is never paid twice.',
  },
  waiting: { icon: 'clock', word: 'Waiting', meaning: 'Taken. It waits for its turn.' },
  accepted: { icon: 'clock', word: 'Being paid', meaning: 'The payment is being asked for.' },
  retrying: { icon: 'retry', word: 'Trying again', meaning: 'Payment did not answer. We try again by ourselves.' },
  parked: { icon: 'pause', word: 'Parked', meaning: 'Safe. We finish it when payment is back.' },
  repair: {
    icon: 'person',
    word: 'Repair',
    meaning: 'Something about the order is wrong. Somebody looks at it.',
  },
  paid: { icon: 'check', word: 'Paid', meaning: 'Enjoy your coffee.' },
  declined: { icon: 'cross', word: 'Declined', meaning: 'There will be no coffee, and you pay nothing.' },
};
