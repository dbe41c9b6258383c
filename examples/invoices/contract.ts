import { defineCanary, defineConsumer } from 'spillway/runtime';
import * as v from 'valibot';

const environment = { BANK_URL: 'base address of the bank; transfers go to <address>/transfers' };
export const bankCanary = defineCanary({ name: 'bank-canary', environment });
export const invoices = defineConsumer({
  name: 'invoices',
  environment,
  message: v.object({ invoiceNumber: v.string(), iban: v.string(), cents: v.pipe(v.number(), v.integer()) }),
  id: 'invoiceNumber',
  dependency: 'bank',
});
