import { defineCanary, defineConsumer } from 'spillway/runtime';
import * as z from 'zod';

const environment = { BILLING_URL: 'base address of the billing system; readings go to <address>/readings' };
export const billingCanary = defineCanary({ name: 'billing-canary', environment });

/** What electricity meters send every quarter of an hour; the meter is the partition key. */
export const meterReadings = defineConsumer({
  name: 'meter-readings',
  environment,
  message: z.object({ meter: z.string(), takenAt: z.iso.datetime(), kilowattHours: z.number().nonnegative() }),
  id: ({ meter, takenAt }) => `${meter} ${takenAt}`,
  dependency: 'billing',
});
