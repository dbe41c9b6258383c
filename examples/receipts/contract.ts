import { defineCanary, defineConsumer } from 'spillway/runtime';
import * as v from 'valibot';

const environment = { MAIL_URL: 'base address of the mail service' };
export const mailCanary = defineCanary({ name: 'mail-canary', environment });
/** Receipts come from a topic of somebody else's, in the envelope that SNS puts around a message. */
export const receipts = defineConsumer({
  name: 'receipts',
  environment,
  message: v.object({ receiptId: v.string(), to: v.pipe(v.string(), v.email()), text: v.string() }),
  id: ({ receiptId }) => receiptId,
  envelope: 'sns',
});
