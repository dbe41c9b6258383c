import * as z from 'zod/mini';
import type { Fault, PaymentRequest } from './simulator';

/** The caller's mistake, with what is wrong. */
export class BadRequest extends Error {
  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

const key = z.string().check(z.minLength(1), z.maxLength(200));
const payment = z.object({
  orderId: z.string().check(z.minLength(1)),
  amount: z.int().check(z.nonnegative()),
  currency: z.literal('USD'),
  canary: z.optional(z.boolean()),
});
const refund = z.object({ orderId: z.string().check(z.minLength(1)) });
const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('up') }),
  z.strictObject({ kind: z.literal('down') }),
  z.strictObject({ kind: z.literal('failing'), status: z.optional(z.int().check(z.gte(400), z.lte(599))) }),
  z.strictObject({ kind: z.literal('slow'), delayMs: z.number().check(z.gte(0), z.lte(3_600_000)) }),
  z.strictObject({ kind: z.literal('flaky'), ratio: z.number().check(z.gte(0), z.lte(1)) }),
]);

function parse<T>(schema: z.ZodMiniType<T>, value: unknown, what: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new BadRequest(`${[what, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not valid'}`);
}

export function parsePayment(idempotencyKey: unknown, body: unknown): PaymentRequest {
  const { orderId, amount, canary = false } = parse(payment, body, 'payment');
  return { key: parse(key, idempotencyKey, 'Idempotency-Key'), orderId, amount, canary };
}

export function parseRefund(idempotencyKey: unknown, body: unknown): Pick<PaymentRequest, 'key'> {
  parse(refund, body, 'refund');
  return { key: parse(key, idempotencyKey, 'Idempotency-Key') };
}

export const parseFault = (body: unknown): Fault => parse<Fault>(fault as z.ZodMiniType<Fault>, body, 'fault');
