import { consumer, expectOk, kafka } from '../../../../functions/runtime';
import { cook } from './contract';

/** The consumer of the Kafka test: what it does is one call, under the order's id. */
export const handler = consumer(cook, {
  source: kafka,
  async work(order, { environment: { KITCHEN_URL }, idempotencyKey, signal }) {
    const headers = { 'idempotency-key': idempotencyKey };
    await expectOk(
      await fetch(`${KITCHEN_URL}/orders`, { method: 'POST', headers, body: JSON.stringify(order), signal }),
    );
  },
});
