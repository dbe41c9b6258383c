import { consumer, expectOk, kinesis } from 'spillway/runtime';
import { meterReadings } from './contract';

export const handler = consumer(meterReadings, {
  source: kinesis,
  async work(reading, { environment, idempotencyKey, signal }) {
    const answer = await fetch(`${environment.BILLING_URL}/readings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(reading),
      signal,
    });
    await expectOk(answer);
  },
});
