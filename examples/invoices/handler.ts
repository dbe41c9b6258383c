import { consumer, expectOk } from 'spillway/runtime';
import { invoices } from './contract';

export const handler = consumer(invoices, {
  async work(invoice, { environment, idempotencyKey, signal }) {
    const answer = await fetch(`${environment.BANK_URL}/transfers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(invoice),
      signal,
    });
    await expectOk(answer); // 422 and its like: to repair; 429, 503 and silence: later, then parked
    return (await answer.json()) as { transferId: string };
  },
});
