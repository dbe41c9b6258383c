import * as z from 'zod/mini';
import { breaker } from './breaker';
import { whole } from './whole';

/** The pipeline's part: its stack is `<environment>-<region>-clickstream`. */
export const CLICKSTREAM = 'clickstream';

/** A pipeline that is no shop's: clicks → Kinesis → enrichment → visits in DynamoDB. */
export const clickstream = z.strictObject({
  /** Base address of the service that knows what a page is about, or the Terraform variable that holds it. */
  enrichment: z.union([
    z.strictObject({ url: z.url({ protocol: /^https$/ }) }),
    z.strictObject({ variable: z.string(), default: z.string() }),
  ]),
  enrichmentTimeoutMs: whole(100, 60_000),
  /** `on-demand` follows the traffic; a number is that many shards. */
  shards: z.union([z.literal('on-demand'), whole(1, 10_000)]),
  retentionHours: whole(24, 8760),
  /** Batches of a shard at once; the clicks of a visit keep their order. */
  parallelization: whole(1, 10),
  /** The clicks of a function that dies come back after six times this. */
  functionTimeoutSeconds: whole(1, 900),
  memoryMb: whole(128, 10_240),
  /** Receives until a click is parked. Behind a breaker clicks wait before that; parking breaks the order of a visit, so it is high. */
  maxReceiveCount: whole(1, 1000),
  /** Clicks wait in their FIFO queue: what is carried to the parked tier would be overtaken. */
  breaker: z.omit(breaker, { park: true }),
  visitDays: whole(1, 3650),
});

export type ClickstreamSettings = z.infer<typeof clickstream>;
