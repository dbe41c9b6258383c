import { defineCanary, defineConsumer } from 'spillway/runtime';
import * as z from 'zod';

const environment = { BANK_URL: 'base address of the bank; transfers go to <address>/transfers' };
export const bankCanary = defineCanary({ name: 'bank-canary', environment });
export const invoices = defineConsumer({
  name: 'invoices',
  environment,
  message: z.object({ invoiceNumber: z.string().min(1), iban: z.string().min(15), cents: z.int().positive() }),
  id: 'invoiceNumber',
  dependency: 'bank',
});
