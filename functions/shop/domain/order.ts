import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
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
 * message.
 */
export const order = z
  .object({
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
  })
  .check(
    z.refine((value) => value.amount === priceOf(value.items), {
      path: ['amount'],
      error: 'is not the price of the items',
    }),
  );

export type Order = z.infer<typeof order>;

/** What is wrong with a message, so that a person can mend it. */
export interface Malformed {
  /** A sentence that names the value and what is allowed. */
  readonly reason: string;
  /** Where in the message, for example `items.0.size`; empty for the whole. */
  readonly path: string;
  /** The order's id, if the message got that far. */
  readonly orderId?: string;
}

export type Parsed = { readonly order: Order } | { readonly malformed: Malformed };

/** Reads a message's body. Never throws: a malformed body is a case, not an exception. */
export function parseOrder(body: string): Parsed {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAXIMUM_ORDER_BYTES) {
    const reason = `The body has ${bytes.toLocaleString('en')} bytes; an order has at most ${MAXIMUM_ORDER_BYTES.toLocaleString('en')}.`;
    return { malformed: { reason, path: '' } };
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { malformed: { reason: 'The body is not JSON.', path: '' } };
  }
  const result = z.safeParse(order, value);
  if (result.success) return { order: result.data };
  const issue = result.error.issues[0];
  const path = issue?.path ?? [];
  const id = z.safeParse(z.object({ orderId }), value);
  const what = issue?.message ?? 'The order is not valid';
  const reason = path.length > 0 ? `${path.join('.')} is ${shorten(at(value, path))}: ${what}` : what;
  return { malformed: { reason, path: path.join('.'), ...(id.success && { orderId: id.data.orderId }) } };
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

/** A value as an error message can show it: a huge one must not make the message huge, nor one that is nested deeply overflow the stack. */
function shorten(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  if (typeof value === 'string' && value.length > 60) return `${JSON.stringify(value.slice(0, 60))}…`;
  return JSON.stringify(value);
}

/**
 * What makes two messages the same order. A second order under an id that was used before must not be taken for a duplicate: it
 * would be dropped unpaid.
 */
export function fingerprint({ customer, items, amount, currency }: Order): string {
  const cups = items.map(({ coffee, size, quantity }) => `${quantity} ${size} ${coffee}`);
  return JSON.stringify([customer, cups, amount, currency]);
}

/** Where an order stands. `paid`, `declined` and `repair` are ends; an order in `repair` starts again when it is sent again. */
export const ORDER_STATUSES = ['accepted', 'retrying', 'parked', 'repair', 'paid', 'declined'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];
