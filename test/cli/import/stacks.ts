import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { type App, TerraformStack, Testing } from 'cdktf';
import { orderHistory } from '../../../functions/shop/order-history/contract';
import { Consumer } from '../../../modules/consumer';
import { LambdaFunction } from '../../../modules/lambda-function';
import { Ledger } from '../../../modules/ledger';
import { TieredQueue, type TieredQueueProps } from '../../../modules/tiered-queue';

/** A queue, its consumer and a table, as a team would write them. */
export class OrdersStack extends TerraformStack {
  constructor(app: App, queue: Partial<TieredQueueProps> = {}) {
    super(app, 'orders');
    new AwsProvider(this, 'aws', { region: 'eu-central-1' });
    const tiers = new TieredQueue(this, 'queue', { queueName: 'orders', ...queue });
    const handler = new LambdaFunction(this, 'handler', {
      contract: orderHistory,
      functionName: 'orders',
      description: 'Handles orders',
      environment: { ORDERS_TABLE: 'orders' },
      reservedConcurrency: 5,
    });
    new Consumer(this, 'consumer', { queue: tiers, handler });
    new Ledger(this, 'ledger', { tableName: 'orders-ledger' });
  }
}

/** Its cdk.tf.json. */
export function ordersStack(queue?: Partial<TieredQueueProps>): unknown {
  const stack = new OrdersStack(Testing.app(), queue);
  stack.prepareStack();
  return JSON.parse(JSON.stringify(stack.toTerraform()));
}
