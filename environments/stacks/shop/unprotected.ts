import { unprotectedConsumer } from '../../../functions/shop/unprotected-consumer/contract';
import { LambdaFunction } from '../../../modules/lambda-function';
import type { ShopWith } from '../../settings';
import { consumerSize, type Foundation } from './foundation';
import { UnprotectedQueue } from './unprotected-queue';

/** The story's beginning: a bare queue and a consumer that waits for payment as long as Lambda lets it. */
export function takeUnprotected(foundation: Foundation, { consumer }: ShopWith<'unprotected'>): UnprotectedQueue {
  const { stack, prefix, table, paymentSystem, kept } = foundation;
  const queue = new UnprotectedQueue(stack, 'orders', `${prefix}-orders`, consumer.visibilityTimeoutSeconds);
  const handler = new LambdaFunction(stack, 'consumer-function', {
    contract: unprotectedConsumer,
    functionName: `${prefix}-consumer`,
    description: 'Takes payment for orders, without any of the patterns',
    environment: { ORDERS_TABLE: table.tableName, PAYMENT_URL: paymentSystem.paymentUrl },
    ...consumerSize(consumer),
    ...kept,
  });
  table.grantRecord(handler);
  stack.outputs({ consumer_function_name: handler.functionName, event_source_mapping_uuid: queue.feed(handler) });
  return queue;
}
