import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { LedgerTable } from '../../../../functions/shop/order-saga/ledger-table';

const change = { orderId: 'order-1', effect: 'beans', to: 'done', stock: -9 } as const;

/** A table whose transaction is cancelled for these reasons: of the record, and of the stock. */
const cancelled = (...codes: string[]) => {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  const error = new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons });
  return new LedgerTable({ send: () => Promise.reject(error) } as unknown as DynamoDBClient, 'ledger');
};

test.each([
  ['changed', ['ConditionalCheckFailed', 'None']],
  ['short', ['None', 'ConditionalCheckFailed']],
  ['busy', ['TransactionConflict', 'None']],
  ['busy', ['None', 'TransactionConflict']],
  ['busy', ['None', 'ThrottlingError']],
])('a transaction is %s when it is cancelled for %j', async (outcome, codes) => {
  expect(await cancelled(...codes).write(change)).toBe(outcome);
});

test('any other reason is an error, and so is a table out of reach', async () => {
  await expect(cancelled('ValidationError', 'None').write(change)).rejects.toThrow('cancelled');
  const away = { send: () => Promise.reject(new Error('out of reach')) } as unknown as DynamoDBClient;
  await expect(new LedgerTable(away, 'ledger').write(change)).rejects.toThrow('out of reach');
});
