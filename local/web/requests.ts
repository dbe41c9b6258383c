import * as z from 'zod/mini';
import type { HoldRequest } from '../../web/wire';
import { RequestError } from './exchange';

/** What the pages may ask for. Every value comes from a browser, so every value is checked. */
export const faultRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('up') }),
  z.strictObject({ kind: z.literal('down') }),
  z.strictObject({ kind: z.literal('failing'), status: z.optional(z.int().check(z.gte(500), z.lte(599))) }),
  z.strictObject({ kind: z.literal('slow'), delayMs: z.int().check(z.gte(0), z.lte(600_000)) }),
  z.strictObject({ kind: z.literal('flaky'), ratio: z.number().check(z.gte(0), z.lte(1)) }),
]);

export const releaseRequest = z.strictObject({ dryRun: z.boolean() });

export const enrichmentRequest = z.strictObject({ down: z.boolean() });

/** At most what one PutRecords takes: 500 records, five clicks a visit. Source: Kinesis API, PutRecords. */
export const visitsRequest = z.strictObject({ visitors: z.int().check(z.gte(1), z.lte(100)) });

const words = (most: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(most));

const person = { dependency: words(40), who: words(80), why: words(300) };

export const holdRequest: z.ZodMiniType<HoldRequest> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('release'), ...person }),
  z.strictObject({ kind: z.enum(['open', 'closed']), ...person, until: z.iso.datetime() }),
]);

export function check<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw new RequestError(400, issues.join('; '));
}
