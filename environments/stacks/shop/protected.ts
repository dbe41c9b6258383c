import { INTERNAL_FAILURES } from '../../../functions/runtime/contract';
import { orderConsumer } from '../../../functions/shop/order-consumer/contract';
import { breakerEnvironment } from '../../../modules/circuit-breaker';
import { Consumer } from '../../../modules/consumer';
import { grantSecret, LambdaFunction } from '../../../modules/lambda-function';
import { LONGEST_MAIN_RETENTION_SECONDS, TieredQueue } from '../../../modules/tiered-queue';
import type { ShopWith } from '../../settings';
import type { ShopOfRegion } from '../brokers';
import { addBreaker, type BreakerNames, breakerOf } from './breaker';
import { addDesk } from './desk';
import { consumerSize, type Foundation } from './foundation';
import { askCanary, type Canary, release } from './release';

type ProtectedSettings = ShopWith<'dead-letters' | 'circuit-breaker'>;

/** Tiers of dead letters, retry with backoff, redrive behind a canary; with a breaker where the settings have one. */
export function takeProtected(
  foundation: Foundation,
  shop: ProtectedSettings,
): { readonly queue: TieredQueue; readonly lent: ShopOfRegion } {
  const { stack, prefix, alarmActions, kept, table, paymentSystem } = foundation;
  const { consumer } = shop;
  const canary = askCanary(foundation, shop.redrive);
  const breaker =
    shop.protection === 'circuit-breaker'
      ? { names: breakerOf(prefix, shop.breaker, canary), settings: shop.breaker }
      : undefined;
  const queue = new TieredQueue(stack, 'orders', {
    queueName: `${prefix}-orders`,
    visibilityTimeout: consumer.visibilityTimeoutSeconds,
    maxReceiveCount: consumer.maxReceiveCount,
    messageRetention: consumer.messageRetentionSeconds ?? (breaker && LONGEST_MAIN_RETENTION_SECONDS),
    kmsKeyArn: kept.kmsKeyArn,
    alarmActions,
  });
  const handler = consumerFunction(foundation, consumer, queue, canary, breaker?.names);
  const mapping = new Consumer(stack, 'consumer', {
    queue,
    handler,
    batchSize: consumer.batchSize,
    switchedAtRunTime: breaker !== undefined,
  });
  handler.alarmWhenFailing(
    'The consumer runs out of time or its process dies: whole batches come back, and are parked in the end. Runbook: waiting.',
    alarmActions,
  );
  handler.alarmOnOwnMetric(
    'own-failures',
    {
      ...INTERNAL_FAILURES,
      description:
        "Orders fail for a reason of our own side: the orders table, a secret, a queue or a key. The function's log says which. Runbook: waiting.",
    },
    alarmActions,
  );
  stack.outputs({ consumer_function_name: handler.functionName, event_source_mapping_uuid: mapping.mappingUuid });
  // Behind a breaker its recovery releases; two that release would get in each other's way.
  const redrive = release(foundation, queue, canary, { everyMinutes: 'off', ...shop.redrive });
  const guarding = breaker && addBreaker(foundation, mapping, breaker.names, breaker.settings);
  if (shop.desk) addDesk(foundation, queue, { canary, redrive, breaker: guarding?.made }, shop.desk);
  return {
    queue,
    lent: { tiers: queue, ledger: table, payment: paymentSystem, canary: canary.handler, breaker: guarding?.guard },
  };
}

function consumerFunction(
  { stack, prefix, table, paymentSystem, kept }: Foundation,
  consumer: ProtectedSettings['consumer'],
  queue: TieredQueue,
  canary: Canary,
  breaker: BreakerNames | undefined,
): LambdaFunction {
  const { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn } = paymentSystem;
  const handler = new LambdaFunction(stack, 'consumer-function', {
    contract: orderConsumer,
    functionName: `${prefix}-consumer`,
    description: 'Takes payment for orders',
    environment: {
      QUEUE_URL: queue.main.url,
      REPAIR_QUEUE_URL: queue.repair.url,
      MAX_RECEIVE_COUNT: String(queue.maxReceiveCount),
      LEDGER_TABLE: table.tableName,
      LEDGER_DAYS: String(table.days),
      CANARY_FUNCTION: canary.handler.arn,
      PAYMENT_URL: paymentUrl,
      PAYMENT_SECRET_ARN: paymentSecretArn,
      WORK_TIMEOUT_MS: String(consumer.paymentTimeoutMs),
      BACKOFF_BASE_SECONDS: String(consumer.backoffBaseSeconds),
      BACKOFF_CAP_SECONDS: String(consumer.backoffCapSeconds),
      MAX_ROUNDS: String(consumer.maxRounds),
      ...(breaker && breakerEnvironment(breaker)),
    },
    ...consumerSize(consumer),
    ...kept,
  });
  table.grantRecord(handler);
  canary.handler.grantInvoke(handler);
  grantSecret(handler, paymentSecretArn, paymentSecretKmsKeyArn);
  return handler;
}
