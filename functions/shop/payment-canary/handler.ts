import { randomUUID } from 'node:crypto';
import { impatientClient } from '../../runtime/breaker/protect';
import { canary } from '../../runtime/canary';
import { Internal } from '../../runtime/failures';
import { DynamoDbLedger } from '../../runtime/ledger/dynamodb-ledger';
import { charge } from '../domain/payment';
import { orderMessage } from '../orders/contract';
import { paymentAuthorization } from '../payment-client';
import { paymentCanary } from './contract';

const { LEDGER_TABLE: tableName, PAYMENT_SECRET_ARN } = process.env;
const { scope } = orderMessage;
const ledger = tableName ? new DynamoDbLedger(impatientClient(), { tableName, scope, days: 1 }) : undefined;
const authorization = paymentAuthorization(PAYMENT_SECRET_ARN);

/** Throws as our own side's failure whatever keeps the payment system from being asked. */
async function ourSide(): Promise<string | undefined> {
  try {
    await ledger?.probe(new Date());
    return await authorization();
  } catch (error) {
    throw new Internal(`our own side fails: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether an order could be paid and written down at this moment: asks with one of $0, which the payment system answers and doesn't book. */
export const handler = canary(paymentCanary, async ({ environment }) => {
  const header = await ourSide();
  const call = { orderId: `canary-${randomUUID()}`, amount: 0, currency: 'USD', canary: true } as const;
  const outcome = await charge(environment.PAYMENT_URL, call, Number(environment.CANARY_TIMEOUT_MS ?? 5000), header);
  return outcome.kind === 'charged' ? { green: true, detail: 'charged' } : { green: false, detail: outcome.reason };
});
