import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';
import { INTERNAL_FAILURES } from '../../functions/runtime/contract';
import { orderConsumer } from '../../functions/shop/order-consumer/contract';
import { orderHistory } from '../../functions/shop/order-history/contract';
import { orderMessage } from '../../functions/shop/orders/contract';
import { paymentCanary } from '../../functions/shop/payment-canary/contract';
import { unprotectedConsumer } from '../../functions/shop/unprotected-consumer/contract';
import { breakerEnvironment, CircuitBreaker } from '../../modules/circuit-breaker';
import { Consumer } from '../../modules/consumer';
import { DeadLetterDesk } from '../../modules/dead-letter-desk';
import { EncryptionKey } from '../../modules/encryption-key';
import { HttpIntake, type IntakeQueue } from '../../modules/http-intake';
import { grantSecret, LambdaFunction } from '../../modules/lambda-function';
import { Ledger } from '../../modules/ledger';
import { Redrive } from '../../modules/redrive';
import { LONGEST_MAIN_RETENTION_SECONDS, TieredQueue } from '../../modules/tiered-queue';
import type { EnvironmentSettings, ShopSettings, ShopWith } from '../settings';
import type { ShopOfRegion } from './brokers';
import { EnvironmentStack } from './environment-stack';
import { PaymentSimulator } from './payment-simulator';
import { addOrderSaga } from './saga';
import { type BreakerNames, breakerOf, type PaymentSystem, retryOf } from './shop-settings';
import { UnprotectedQueue } from './unprotected-queue';

/** The coffee shop in one region: intake → queue → consumer → payment and orders table → history. */
export class ShopStack extends EnvironmentStack {
  /** What a broker's consumer in this region needs to take orders into the same books; nothing where a saga takes them, or nothing protects them. */
  readonly lent: ShopOfRegion | undefined;
  private readonly prefix: string;
  private readonly kmsKeyArn: string | undefined;
  private readonly alarms: string[];
  private readonly paymentSystem: PaymentSystem;
  private readonly table: Ledger;
  private asker: LambdaFunction | undefined;
  private guard: ShopOfRegion['breaker'];

  constructor(
    scope: Construct,
    settings: EnvironmentSettings,
    region: string,
    private readonly shop: ShopSettings,
  ) {
    super(scope, settings, region, shop.part);
    const { account } = settings;
    // With the region in it: roles and their names are the account's, not the region's.
    this.prefix = `${settings.name}-${region}-${shop.part}`;
    this.kmsKeyArn = settings.ownKey
      ? new EncryptionKey(this, 'key', { keyName: this.prefix, account, region }).arn
      : undefined;
    this.alarms = this.alarmActions(`${this.prefix}-alarms`, this.kmsKeyArn);
    this.paymentSystem = this.payment();
    this.table = new Ledger(this, 'orders-table', {
      tableName: `${this.prefix}-orders`,
      indexes: [{ name: 'by-day', hashKey: 'day', rangeKey: 'firstSeen' }],
      deletionProtection: settings.deletionProtection,
      kmsKeyArn: this.kmsKeyArn,
    });
    this.outputs({ lane: shop.part, orders_table_name: this.table.tableName });
    const queue = this.orders();
    this.intake(queue);
    const lends = queue instanceof TieredQueue && shop.protection !== 'saga';
    this.lent = lends
      ? {
          tiers: queue,
          ledger: this.table,
          payment: this.paymentSystem,
          canary: this.asker,
          breaker: this.guard,
        }
      : undefined;
  }

  /** The queue that orders go into, with everything behind it. */
  private orders(): TieredQueue | UnprotectedQueue {
    switch (this.shop.protection) {
      case 'unprotected':
        return this.unprotected(this.shop);
      case 'saga':
        return this.saga(this.shop);
      default:
        return this.protected(this.shop);
    }
  }

  /** The story's beginning: a bare queue and a consumer that waits for payment as long as Lambda lets it. */
  private unprotected({ consumer }: ShopWith<'unprotected'>): UnprotectedQueue {
    const queue = new UnprotectedQueue(this, 'orders', `${this.prefix}-orders`, consumer.visibilityTimeoutSeconds);
    const handler = new LambdaFunction(this, 'consumer-function', {
      contract: unprotectedConsumer,
      functionName: `${this.prefix}-consumer`,
      description: 'Takes payment for orders, without any of the patterns',
      environment: { ORDERS_TABLE: this.table.tableName, PAYMENT_URL: this.paymentSystem.paymentUrl },
      ...this.consumerSize(consumer),
    });
    this.table.grantRecord(handler);
    this.outputs({ consumer_function_name: handler.functionName, event_source_mapping_uuid: queue.feed(handler) });
    return queue;
  }

  /** Tiers of dead letters, retry with backoff, redrive behind a canary. */
  private protected(shop: ShopWith<'dead-letters' | 'circuit-breaker'>): TieredQueue {
    const canary = this.canary(shop.redrive);
    const { kmsKeyArn, alarms } = this;
    const { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn } = this.paymentSystem;
    const { consumer } = shop;
    const breaker =
      shop.protection === 'circuit-breaker'
        ? { names: breakerOf(this.prefix, shop, canary), settings: shop.breaker }
        : undefined;
    const queue = new TieredQueue(this, 'orders', {
      queueName: `${this.prefix}-orders`,
      visibilityTimeout: consumer.visibilityTimeoutSeconds,
      maxReceiveCount: consumer.maxReceiveCount,
      messageRetention: consumer.messageRetentionSeconds ?? (breaker && LONGEST_MAIN_RETENTION_SECONDS),
      kmsKeyArn,
      alarmActions: alarms,
    });
    const handler = new LambdaFunction(this, 'consumer-function', {
      contract: orderConsumer,
      functionName: `${this.prefix}-consumer`,
      description: 'Takes payment for orders',
      environment: {
        QUEUE_URL: queue.main.url,
        REPAIR_QUEUE_URL: queue.repair.url,
        MAX_RECEIVE_COUNT: String(queue.maxReceiveCount),
        LEDGER_TABLE: this.table.tableName,
        LEDGER_DAYS: String(this.table.days),
        CANARY_FUNCTION: canary.handler.arn,
        PAYMENT_URL: paymentUrl,
        PAYMENT_SECRET_ARN: paymentSecretArn,
        WORK_TIMEOUT_MS: String(consumer.paymentTimeoutMs),
        BACKOFF_BASE_SECONDS: String(consumer.backoffBaseSeconds),
        BACKOFF_CAP_SECONDS: String(consumer.backoffCapSeconds),
        MAX_ROUNDS: String(consumer.maxRounds),
        ...(breaker && breakerEnvironment(breaker.names)),
      },
      ...this.consumerSize(consumer),
    });
    this.table.grantRecord(handler);
    canary.handler.grantInvoke(handler);
    grantSecret(handler, paymentSecretArn, paymentSecretKmsKeyArn);
    const mapping = new Consumer(this, 'consumer', {
      queue,
      handler,
      batchSize: consumer.batchSize,
      switchedAtRunTime: breaker !== undefined,
    });
    handler.alarmWhenFailing(
      'The consumer runs out of time or its process dies: whole batches come back, and are parked in the end. Runbook: orders-waiting.',
      alarms,
    );
    handler.alarmOnOwnMetric(
      'own-failures',
      {
        ...INTERNAL_FAILURES,
        description:
          "Orders fail for a reason of our own side: the orders table, a secret, a queue or a key. The function's log says which. Runbook: orders-waiting.",
      },
      alarms,
    );
    this.outputs({ consumer_function_name: handler.functionName, event_source_mapping_uuid: mapping.mappingUuid });
    // Behind a breaker its recovery releases; two that release would get in each other's way.
    this.release(queue, canary, { everyMinutes: 'off', ...shop.redrive });
    if (breaker) this.breaker(mapping, breaker.names, breaker.settings);
    if (shop.desk) this.desk(queue, canary, shop.desk);
    return queue;
  }

  /** Several services commit together or are compensated; the queue's tiers are those of whatever starts the sagas. */
  private saga({ saga, redrive }: ShopWith<'saga'>): TieredQueue {
    const { account, deletionProtection, logRetentionDays } = this.settings;
    const { queue } = addOrderSaga(this, {
      prefix: this.prefix,
      account,
      region: this.region,
      ...this.paymentSystem,
      paymentTimeoutMs: saga.paymentTimeoutMs,
      orders: this.table,
      backoff: { base: saga.backoffBaseSeconds, cap: saga.backoffCapSeconds },
      retries: { retry: retryOf(saga.retry), lastingRetry: retryOf(saga.lastingRetry) },
      deletionProtection,
      logRetentionDays,
      kmsKeyArn: this.kmsKeyArn,
      alarmActions: this.alarms,
    });
    this.release(queue, this.canary(redrive), redrive);
    return queue;
  }

  /** What says whether an order could be paid and written down, to whoever wants to know. */
  private canary({ canaryTimeoutMs }: Pick<ShopWith<'saga'>['redrive'], 'canaryTimeoutMs'>): {
    readonly handler: LambdaFunction;
  } {
    const { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn } = this.paymentSystem;
    const handler = new LambdaFunction(this, 'canary', {
      contract: paymentCanary,
      functionName: `${this.prefix}-canary`,
      description: 'Says whether an order could be paid and written down',
      environment: {
        PAYMENT_URL: paymentUrl,
        PAYMENT_SECRET_ARN: paymentSecretArn,
        LEDGER_TABLE: this.table.tableName,
        CANARY_TIMEOUT_MS: String(canaryTimeoutMs),
      },
      // With what the calls to the table and the secret may take.
      timeout: Math.ceil(canaryTimeoutMs / 1000) + 10,
      memorySize: 256,
      logRetentionDays: this.settings.logRetentionDays,
      kmsKeyArn: this.kmsKeyArn,
    });
    this.table.grantProbe(handler);
    grantSecret(handler, paymentSecretArn, paymentSecretKmsKeyArn);
    this.asker = handler;
    return { handler };
  }

  /** What brings parked messages back. */
  private release(
    queue: TieredQueue,
    canary: { readonly handler: LambdaFunction },
    redrive: ShopWith<'saga'>['redrive'],
  ): void {
    const release = new Redrive(this, 'redrive', {
      queue,
      functionName: `${this.prefix}-redrive`,
      account: this.settings.account,
      canary,
      rate: redrive.ratePerSecond,
      canaries: redrive.canaries,
      canaryTimeoutMs: redrive.canaryTimeoutMs,
      everyMinutes: redrive.everyMinutes,
      logRetentionDays: this.settings.logRetentionDays,
      kmsKeyArn: this.kmsKeyArn,
      alarmActions: this.alarms,
    });
    this.outputs({
      parked_queue_url: queue.parked.url,
      parked_queue_arn: queue.parked.arn,
      repair_queue_url: queue.repair.url,
      redrive_function_name: release.handler.functionName,
    });
  }

  private breaker(consumer: Consumer, names: BreakerNames, settings: ShopWith<'circuit-breaker'>['breaker']): void {
    const { account, deletionProtection, logRetentionDays } = this.settings;
    const { park, trickleRatePerSecond, ceilingRatePerSecond, releaseIntervalSeconds } = settings;
    const made = new CircuitBreaker(this, 'breaker', {
      ...names,
      account,
      region: this.region,
      consumer,
      park,
      trickleRate: trickleRatePerSecond,
      ceilingRate: ceilingRatePerSecond,
      releaseInterval: releaseIntervalSeconds,
      deletionProtection,
      logRetentionDays,
      kmsKeyArn: this.kmsKeyArn,
      alarmActions: this.alarms,
    });
    this.guard = { environment: breakerEnvironment(names), grantProtect: (grantee) => made.grantProtect(grantee) };
    this.outputs({
      breaker_table_name: made.tableName,
      breaker_hold_function_name: made.hold.functionName,
      breaker_recovery_arn: made.recoveryArn,
    });
  }

  /** Where people look at what is in repair, mend it and send it again. */
  private desk(
    queue: TieredQueue,
    canary: { readonly handler: LambdaFunction },
    { keepDays, api }: NonNullable<ShopWith<'circuit-breaker'>['desk']>,
  ): void {
    const { account, deletionProtection, logRetentionDays } = this.settings;
    const desk = new DeadLetterDesk(this, 'desk', {
      deskName: `${this.prefix}-desk`,
      account,
      queues: [
        {
          id: 'orders',
          deadLetters: queue.repair,
          sendTo: queue.main,
          // As it is sent: what a newer shop adds is no fault.
          schema: z.toJSONSchema(orderMessage.message, { io: 'input' }),
          idPath: 'orderId',
          ledger: { table: this.table, scope: orderConsumer.scope ?? orderConsumer.name },
          canary,
        },
      ],
      api: api && { ...api, issuer: this.issuer(api.issuer) },
      keepDays,
      deletionProtection,
      logRetentionDays,
      kmsKeyArn: this.kmsKeyArn,
      alarmActions: this.alarms,
    });
    this.outputs({ desk_table_name: desk.tableName, desk_worker_function_name: desk.worker.functionName });
    if (desk.apiUrl) this.outputs({ desk_api_url: desk.apiUrl });
  }

  private issuer(issuer: string | { readonly variable: string; readonly default: string }): string {
    if (typeof issuer === 'string') return issuer;
    return new TerraformVariable(this, issuer.variable, {
      type: 'string',
      default: issuer.default,
      description: 'Address of the issuer whose tokens the desk takes',
    }).stringValue;
  }

  private intake(queue: IntakeQueue): void {
    const { shop, kmsKeyArn } = this;
    const { logRetentionDays } = this.settings;
    const history = new LambdaFunction(this, 'order-history', {
      contract: orderHistory,
      functionName: `${this.prefix}-order-history`,
      description: 'Answers GET /orders and GET /orders/{id}',
      environment: { ORDERS_TABLE: this.table.tableName },
      timeout: 10,
      memorySize: 256,
      logRetentionDays,
      kmsKeyArn,
    });
    this.table.grantRead(history);
    const intake = new HttpIntake(this, 'intake', {
      apiName: this.prefix,
      queue,
      history,
      authorization: shop.authorization,
      allowedOrigins: shop.allowedOrigins,
      logRetentionDays,
      kmsKeyArn,
      alarmActions: this.alarms,
    });
    this.outputs({ api_url: intake.url, orders_queue_url: queue.main.url, orders_queue_arn: queue.main.arn });
  }

  private consumerSize(consumer: ShopWith<'unprotected'>['consumer']) {
    return {
      timeout: consumer.functionTimeoutSeconds,
      memorySize: consumer.memoryMb,
      reservedConcurrency: consumer.reservedConcurrency,
      logRetentionDays: this.settings.logRetentionDays,
      kmsKeyArn: this.kmsKeyArn,
    };
  }

  private payment(): PaymentSystem {
    const { payment } = this.shop;
    if ('url' in payment) {
      const { url: paymentUrl, secretArn: paymentSecretArn, secretKmsKeyArn: paymentSecretKmsKeyArn } = payment;
      return { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn };
    }
    if ('simulated' in payment) {
      const { logRetentionDays } = this.settings;
      const simulator = new PaymentSimulator(this, 'payment', {
        prefix: this.prefix,
        logRetentionDays,
        kmsKeyArn: this.kmsKeyArn,
      });
      this.outputs({ payment_secret_name: simulator.secretName });
      return { paymentUrl: simulator.url, paymentSecretArn: simulator.secretArn };
    }
    const variable = new TerraformVariable(this, payment.variable, {
      type: 'string',
      default: payment.default,
      description: 'Base address of the payment system; every lane has a path of its own in it',
    });
    return { paymentUrl: `${variable.stringValue}${payment.path}` };
  }
}
