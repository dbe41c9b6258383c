import { OrdersTable, type OrdersTableProps } from '../../modules/orders-table';
import { synthesized } from './synthesized';

interface Granted {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: object | undefined;
}

/** The table, and what each of its grants gives. */
function stack(change: Partial<OrdersTableProps> = {}) {
  const granted: Record<string, Granted[]> = {};
  const synth = synthesized((scope) => {
    const table = new OrdersTable(scope, 'table', { tableName: 'orders', ...change });
    for (const grant of ['grantRead', 'grantRecord', 'grantProbe'] as const) {
      const list: Granted[] = [];
      granted[grant] = list;
      table[grant]({ grant: (actions, resources, condition) => list.push({ actions, resources, condition }) });
    }
  });
  return { table: synth.one('aws_dynamodb_table', 'table'), granted };
}

test('an order is found by its id, and the history by its day, newest first', () => {
  expect(stack().table).toMatchObject({
    ...{ name: 'orders', billing_mode: 'PAY_PER_REQUEST', hash_key: 'orderId' },
    global_secondary_index: [{ name: 'by-day', hash_key: 'day', range_key: 'firstSeen', projection_type: 'ALL' }],
  });
});

test('it can be put back to any second, is encrypted, and forgets by itself what is done', () => {
  expect(stack().table).toMatchObject({
    point_in_time_recovery: { enabled: true },
    server_side_encryption: { enabled: true },
    ttl: { enabled: true, attribute_name: 'expiresAt' },
  });
});

test('nobody deletes it, unless it was made for data that may go', () => {
  expect(stack().table.deletion_protection_enabled).toBe(true);
  expect(stack({ deletionProtection: false }).table.deletion_protection_enabled).toBe(false);
});

test('whoever may read or record may use its key, and does what the grant says', () => {
  const kmsKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/1';
  const { table, granted } = stack({ kmsKeyArn });
  expect(table.server_side_encryption).toMatchObject({ kms_key_arn: kmsKeyArn });
  const actions = (grant: string) => granted[grant]?.flatMap((one) => one.actions);
  const key = ['kms:Decrypt', 'kms:GenerateDataKey'];
  expect(actions('grantRead')).toEqual(['dynamodb:GetItem', 'dynamodb:Query', ...key]);
  expect(actions('grantRecord')).toEqual(['dynamodb:UpdateItem', ...key]);
  expect(actions('grantProbe')).toEqual(['dynamodb:UpdateItem', ...key]);
  expect(granted.grantProbe?.[0]?.condition).toBeDefined();
  expect(stack().granted.grantRecord?.flatMap((one) => one.actions)).toEqual(['dynamodb:UpdateItem']);
});

test('a name that DynamoDB refuses does not synthesize', () => {
  expect(() => stack({ tableName: 'my orders' })).toThrow('tableName is "my orders"; DynamoDB takes 3 to 255');
});
