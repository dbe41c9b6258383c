import { FinalError } from '../../../../functions/shop/order-saga/ledger';
import { stepHandler } from '../../../../functions/shop/order-saga/step';
import { anOrder } from '../orders';

const event = { saga: 'order-1', input: anOrder(), results: {} };
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';

test('a result that is too large for the saga to carry is an error, which is caught, and not a limit, which isn’t', async () => {
  const handler = stepHandler(async () => ({ paymentId: 'x'.repeat(300_000) }));
  await expect(handler(event)).rejects.toThrow('the result has 300016 bytes; at most 8192 are carried');
  await expect(stepHandler(async () => ({ paymentId: 'x'.repeat(8000) }))(event)).resolves.toBeDefined();
});

test('an error keeps its name, which the saga goes by, and as much of its message as it can carry', async () => {
  const failing = (message: string) =>
    stepHandler(async () => {
      throw new FinalError('PaymentDeclined', message);
    })(event);
  const error = await failing('x'.repeat(300_000)).catch((thrown: Error) => thrown as Error);
  expect(error).toMatchObject({ name: 'PaymentDeclined' });
  expect(`${(error as Error).message}${(error as Error).stack}`.length).toBeLessThan(5000);
  await expect(failing('no money')).rejects.toMatchObject({ name: 'PaymentDeclined', message: 'no money' });
});

test('a step asks for the form of an order and not for its price: a menu that changes in mid-flight stops no refund', async () => {
  const dearer = { ...event, input: anOrder({ amount: 421 }) };
  await expect(stepHandler(async ({ amount }) => ({ refunded: amount }))(dearer)).resolves.toEqual({ refunded: 421 });
});
