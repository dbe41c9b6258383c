import { consumer } from '../../../../functions/runtime/consumer';
import { Line, type LineOptions } from '../../../../functions/runtime/testing';
import { orderConsumer } from '../../../../functions/shop/order-consumer/contract';
import { payForOrder } from '../../../../functions/shop/orders/pay-for-order';

interface Charge {
  readonly orderId: string;
  readonly amount: number;
}

/** A payment system that charges a key once for as long as it knows it, and does what a test says. */
class PaymentSystem {
  works = true;
  /** Answers to one order, in place of a charge. */
  readonly answers = new Map<string, { readonly status: number; readonly body?: object }>();
  /** It charges, and doesn't say so. */
  losesAnswers = false;
  readonly charges: Charge[] = [];
  readonly keys = new Set<string>();
  calls = 0;

  readonly fetch = async (url: string | URL | Request, { body }: RequestInit = {}): Promise<Response> => {
    this.calls += 1;
    if (!this.works) return Response.json({ error: 'unavailable' }, { status: 503 });
    const [, looked] = /\/payments\/(.+)$/.exec(String(url)) ?? [];
    if (looked) {
      return this.charges.some(({ orderId }) => orderId === looked)
        ? Response.json({ paymentId: `payment-${looked}` })
        : Response.json({ error: 'not_charged' }, { status: 404 });
    }
    const { orderId, amount } = JSON.parse(String(body)) as Charge;
    const answer = this.answers.get(orderId);
    if (answer) return Response.json(answer.body ?? {}, { status: answer.status });
    if (!this.keys.has(orderId)) this.charges.push({ orderId, amount });
    this.keys.add(orderId);
    if (this.losesAnswers) throw new DOMException('no answer', 'TimeoutError');
    return Response.json({ paymentId: `payment-${orderId}` });
  };
}

/** The shop's consumer of orders on a line in memory, before that payment system. */
export function aShop(options: LineOptions = {}) {
  const payment = new PaymentSystem();
  jest.spyOn(globalThis, 'fetch').mockImplementation(payment.fetch);
  const handler = consumer(
    orderConsumer,
    payForOrder(async () => undefined),
  );
  const line = new Line(handler, {
    ...{ environment: { PAYMENT_URL: 'http://payment' }, maxReceiveCount: 3, canary: () => payment.works },
    ...options,
  });
  return { payment, line };
}
