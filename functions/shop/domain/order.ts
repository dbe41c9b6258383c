import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { Refused } from '../../runtime/failures';
import { COFFEES, priceOf, SIZES } from './menu';

// The mini build comes without messages; whoever mends an order needs them.
z.config(en());

const keys = <Table extends object>(table: Table) =>
  Object.keys(table) as [keyof Table & string, ...(keyof Table & string)[]];

/**
 * An order's id is its identity: made by whoever orders, kept through every redelivery and redrive, and the idempotency key of every
 * effect. Letters, digits, hyphens, underscores, so that it can name a Step Functions execution (at most 80 characters) as well.
 */
export const orderId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{8,64}$/, 'takes 8 to 64 letters, digits, hyphens and underscores'));

/**
 * Bytes of an order's body; a larger one is malformed. Twenty items with the longest of everything need less than a tenth of it, and whatever has to hold an order
 * holds this: an item of DynamoDB 400 KB, the input of a Step Functions execution 256 KiB. Without a limit a body that SQS takes could be one that
 * the books don't, and its message would come back for ever.
 */
export const MAXIMUM_ORDER_BYTES = 32_768;

/**
 * A coffee order as it is kept and passed on: these fields and no others. A newer shop may send more in a message; they never make an order fail, and stay in the
 * message. The price is no part of the form: it was right when the order was accepted, and stays so when the menu changes.
 */
export const order = z.object({
  orderId,
  customer: z.string().check(z.minLength(1), z.maxLength(80)),
  items: z
    .array(
      z.object({
        coffee: z.enum(keys(COFFEES)),
        size: z.enum(keys(SIZES)),
        quantity: z.int().check(z.gte(1), z.lte(20)),
      }),
    )
    .check(z.minLength(1), z.maxLength(20)),
  /** Cents. */
  amount: z.int().check(z.positive()),
  currency: z.literal('USD'),
  placedAt: z.iso.datetime(),
});

export type Order = z.infer<typeof order>;

/** What of a message's body is the order: two that differ in a field that nobody here knows are the same. @throws for a body that is larger than an order can be */
export function knownFields(body: unknown): unknown {
  const bytes = bytesOf(body);
  if (bytes > MAXIMUM_ORDER_BYTES) {
    const most = MAXIMUM_ORDER_BYTES.toLocaleString('en');
    throw new Error(`The body has ${bytes.toLocaleString('en')} bytes; an order has at most ${most}.`);
  }
  const { success, data } = z.safeParse(order, body);
  return success ? data : body;
}

/** What makes two messages one order: a sender that asks again may say another time. */
export function orderContent(body: unknown): unknown {
  if (body === null || typeof body !== 'object') return body;
  const { placedAt: _, ...content } = body as Partial<Order>;
  return content;
}

/** What is nested so deeply that it can't be written again is judged by its form alone. */
function bytesOf(body: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(body));
  } catch {
    return 0;
  }
}

/** Asked once, when an order is accepted. @throws Refused */
export function checkPrice({ amount, items }: Order): void {
  const price = priceOf(items);
  if (amount !== price) throw new Refused(`amount is ${amount}: the items cost ${price}`, { path: 'amount' });
}

/** Where an order stands. `paid`, `declined` and `repair` are ends; an order in `repair` starts again when it is sent again. */
export const ORDER_STATUSES = ['accepted', 'retrying', 'parked', 'repair', 'paid', 'declined'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];
