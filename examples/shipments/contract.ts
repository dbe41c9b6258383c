import { defineConsumer } from 'spillway/runtime';
import * as z from 'zod';

const shipment = z.object({
  version: z.literal(2),
  shipmentId: z.string(),
  sku: z.string(),
  pieces: z.int().positive(),
});

/** Events of a bus, put into a queue by a rule; older senders still write version 1, which counted in dozens. */
export const shipments = defineConsumer({
  name: 'shipments',
  environment: { STOCK_TABLE: 'name of the table that holds how many pieces there are' },
  message: shipment,
  id: 'shipmentId',
  envelope: 'eventbridge',
  upcast: (event) => {
    const old = event as { version?: number; dozens?: number };
    return old.version === 1 ? { ...old, version: 2, pieces: (old.dozens ?? 0) * 12 } : event;
  },
});
