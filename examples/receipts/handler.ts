import { consumer, Refused, Unavailable } from 'spillway/runtime';
import { receipts } from './contract';

export const handler = consumer(receipts, {
  // Mail providers forget a key after a day: what was asked earlier without an answer is looked up, never sent blindly.
  idempotencyKeyLife: 24 * 3600,
  async lookup({ receiptId }, { environment, signal }) {
    const answer = await fetch(`${environment.MAIL_URL}/sent/${encodeURIComponent(receiptId)}`, { signal });
    return answer.status === 404 ? undefined : ((await answer.json()) as { mailId: string });
  },
  async work(receipt, { environment, idempotencyKey, signal, logger }) {
    const answer = await fetch(`${environment.MAIL_URL}/mails`, {
      method: 'POST',
      headers: { 'idempotency-key': idempotencyKey },
      body: JSON.stringify(receipt),
      signal,
    });
    if (answer.status === 550) throw new Refused(`nobody is called ${receipt.to}`, { path: 'to' });
    if (!answer.ok) throw new Unavailable(`the mail service answered ${answer.status}`);
    logger.info('sent', { receiptId: receipt.receiptId });
    return (await answer.json()) as { mailId: string };
  },
});
