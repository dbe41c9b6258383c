import type { Construct } from 'constructs';
import { orderHistory } from '../../../functions/shop/order-history/contract';
import { setDefaults } from '../../../modules/defaults';
import { EncryptionKey } from '../../../modules/encryption-key';
import { HttpIntake, type IntakeQueue } from '../../../modules/http-intake';
import { LambdaFunction } from '../../../modules/lambda-function';
import { Ledger } from '../../../modules/ledger';
import type { EnvironmentSettings, ShopSettings } from '../../settings';
import type { ShopOfRegion } from '../brokers';
import { EnvironmentStack } from '../environment-stack';
import type { Foundation } from './foundation';
import { paymentSystem } from './payment';
import { takeProtected } from './protected';
import { takeBySaga } from './saga';
import { takeUnprotected } from './unprotected';

/** The coffee shop in one region: intake → queue → consumer → payment and orders table → history. */
export class ShopStack extends EnvironmentStack {
  /** What a broker's consumer in this region needs to take orders into the same books; nothing where a saga takes them, or nothing protects them. */
  readonly lent: ShopOfRegion | undefined;

  constructor(scope: Construct, settings: EnvironmentSettings, region: string, shop: ShopSettings) {
    super(scope, settings, region, shop.part);
    const desk = 'desk' in shop ? shop.desk?.page?.regions[region] : undefined;
    if (desk) setDefaults(this, { deskUrl: `https://${desk.domainName}/` });
    const { account, deletionProtection, logRetentionDays } = settings;
    const prefix = `${settings.name}-${region}-${shop.part}`;
    const kmsKeyArn = settings.ownKey
      ? new EncryptionKey(this, 'key', { keyName: prefix, account, region }).arn
      : undefined;
    const foundation: Foundation = {
      stack: this,
      prefix,
      alarmActions: this.alarmActions(`${prefix}-alarms`, kmsKeyArn),
      paymentSystem: paymentSystem(this, shop, prefix, kmsKeyArn),
      table: new Ledger(this, 'orders-table', {
        tableName: `${prefix}-orders`,
        indexes: [{ name: 'by-day', hashKey: 'day', rangeKey: 'firstSeen' }],
        deletionProtection,
        kmsKeyArn,
      }),
      kept: { logRetentionDays, kmsKeyArn },
    };
    this.outputs({ lane: shop.part, orders_table_name: foundation.table.tableName });
    const { queue, lent } = takeOrders(foundation, shop);
    addIntake(foundation, shop, queue);
    this.lent = lent;
  }
}

/** The queue that orders go into, with everything behind it. */
function takeOrders(
  foundation: Foundation,
  shop: ShopSettings,
): { readonly queue: IntakeQueue; readonly lent?: ShopOfRegion } {
  switch (shop.protection) {
    case 'unprotected':
      return { queue: takeUnprotected(foundation, shop) };
    case 'saga':
      return { queue: takeBySaga(foundation, shop) };
    default:
      return takeProtected(foundation, shop);
  }
}

function addIntake({ stack, prefix, table, alarmActions, kept }: Foundation, shop: ShopSettings, queue: IntakeQueue) {
  const history = new LambdaFunction(stack, 'order-history', {
    contract: orderHistory,
    functionName: `${prefix}-order-history`,
    description: 'Answers GET /orders and GET /orders/{id}',
    environment: { ORDERS_TABLE: table.tableName },
    timeout: 10,
    memorySize: 256,
    ...kept,
  });
  table.grantRead(history);
  const intake = new HttpIntake(stack, 'intake', {
    apiName: prefix,
    queue,
    path: 'orders',
    idField: 'orderId',
    history,
    authorization: shop.authorization,
    allowedOrigins: shop.allowedOrigins,
    ...kept,
    alarmActions,
  });
  stack.outputs({ api_url: intake.url, orders_queue_url: queue.main.url, orders_queue_arn: queue.main.arn });
}
