import * as z from 'zod/mini';
import { defineCanary, defineConsumer } from '../../../../functions/runtime';

const environment = { KITCHEN_URL: 'base address of the kitchen' };

export const cookCanary = defineCanary({ name: 'kitchen-canary', environment });
export const cook = defineConsumer({
  name: 'cook',
  environment,
  message: z.object({ orderId: z.string(), table: z.string() }),
  id: 'orderId',
  dependency: 'kitchen',
});
