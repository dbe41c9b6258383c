import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { type FunctionContract, INTERNAL_FAILURES } from '../../functions/runtime/contract';
import { apologize } from '../../functions/shop/order-saga/apologize/contract';
import { brew } from '../../functions/shop/order-saga/brew/contract';
import { charge } from '../../functions/shop/order-saga/charge/contract';
import { discard } from '../../functions/shop/order-saga/discard/contract';
import { notify } from '../../functions/shop/order-saga/notify/contract';
import { refund } from '../../functions/shop/order-saga/refund/contract';
import { reserveBeans } from '../../functions/shop/order-saga/reserve-beans/contract';
import { returnBeans } from '../../functions/shop/order-saga/return-beans/contract';
import { startOrderSaga } from '../../functions/shop/order-saga/start/contract';
import { Consumer } from '../../modules/consumer';
import { grantSecret, LambdaFunction, type LambdaFunctionProps } from '../../modules/lambda-function';
import type { Ledger } from '../../modules/ledger';
import { lambdaTask, Saga, SagaPipe, type Task } from '../../modules/saga';
import { acceptFinding } from '../../modules/scan';
import { TieredQueue } from '../../modules/tiered-queue';
import { type OrderSagaTask, orderSaga, type Retries } from './order-saga';

export interface OrderSagaProps {
  /** Put in front of every name: `<environment>-<region>-<part>`, at most 40 characters. */
  readonly prefix: string;
  readonly account: string;
  readonly region: string;
  readonly paymentUrl: string;
  /** ARN of the secret that the payment system asks for as a bearer token. Default: it asks for none. */
  readonly paymentSecretArn?: string;
  /** ARN of the KMS key that this secret is under. Default: the account's `aws/secretsmanager`, or `kmsKeyArn`. */
  readonly paymentSecretKmsKeyArn?: string;
  /** Milliseconds until a payment call is given up; the step's function gets 5 s more. */
  readonly paymentTimeoutMs: number;
  /** Where the customer's page reads from. */
  readonly orders: Ledger;
  readonly deletionProtection: boolean;
  readonly logRetentionDays: number;
  readonly kmsKeyArn?: string;
  readonly alarmActions?: string[];
  /** How a step is tried again before the saga turns back, and how what can only be done is, before it needs a person. Defaults: the module's. */
  readonly retries?: Retries;
  /** Seconds, `base` for the first wait and `cap` for every one, of an order whose saga could not be started; only with a mapping. Default: the function's. */
  readonly backoff?: { readonly base: number; readonly cap: number };
  /** What hands the orders to the starter: an event source mapping, or a pipe of EventBridge. Default `mapping`. */
  readonly feed?: 'mapping' | 'pipe';
}

/** The coffee order as a saga: queue → starter → state machine → one function a step, with the ledger that makes every step repeatable. */
export class OrderSaga extends Construct {
  readonly saga: Saga;
  readonly queue: TieredQueue;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: OrderSagaProps,
  ) {
    super(scope, id);
    const { prefix, account, region, kmsKeyArn, alarmActions, logRetentionDays } = props;
    this.saga = new Saga(this, 'saga', {
      sagaName: `${prefix}-order-saga`,
      account,
      region,
      definition: orderSaga(this.tasks(this.ledger()), props.retries),
      logRetentionDays,
      kmsKeyArn,
      alarmActions,
    });
    this.queue = new TieredQueue(this, 'orders', {
      queueName: `${prefix}-saga-orders`,
      kmsKeyArn,
      alarmActions,
    });
    this.feed();
  }

  private tasks(ledger: DynamodbTable): (name: OrderSagaTask) => Task {
    const { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn, paymentTimeoutMs, orders, alarmActions } = this.props;
    const SAGA_TABLE = ledger.name;
    const payment = {
      PAYMENT_URL: paymentUrl,
      PAYMENT_SECRET_ARN: paymentSecretArn,
      PAYMENT_TIMEOUT_MS: String(paymentTimeoutMs),
    };
    const ends = { ORDERS_TABLE: orders.tableName };
    const timeout = Math.ceil(paymentTimeoutMs / 1000) + 5;
    const functions: Record<OrderSagaTask, LambdaFunction> = {
      'reserve-beans': this.step(reserveBeans, { SAGA_TABLE }, 'Takes the beans of an order out of the stock'),
      'return-beans': this.step(returnBeans, { SAGA_TABLE }, 'Puts the beans of an order back'),
      charge: this.step(charge, payment, 'Takes payment for an order', timeout),
      refund: this.step(refund, payment, 'Gives the payment of an order back', timeout),
      brew: this.step(brew, { SAGA_TABLE }, "Puts an order on the bar's book"),
      discard: this.step(discard, { SAGA_TABLE }, "Takes an order off the bar's book"),
      notify: this.step(notify, ends, 'Tells the customer that the coffee is ready'),
      apologize: this.step(apologize, ends, 'Tells the customer that there is no coffee'),
    };
    for (const name of ['reserve-beans', 'return-beans', 'brew', 'discard'] as const)
      this.grantLedger(functions[name], ledger);
    for (const name of ['notify', 'apologize'] as const) orders.grantAdd(functions[name]);
    for (const name of ['charge', 'refund'] as const)
      grantSecret(functions[name], paymentSecretArn, paymentSecretKmsKeyArn);
    for (const name of ['return-beans', 'refund', 'discard', 'notify', 'apologize'] as const) {
      functions[name].alarmWhenFailing(
        `Sagas can't do ${name}. Each tries again for about a day, then it is parked. Runbook: saga-parked.`,
        alarmActions,
      );
    }
    return (name) => lambdaTask(name, functions[name]);
  }

  private step<C extends FunctionContract>(
    contract: C,
    environment: LambdaFunctionProps<C>['environment'],
    description: string,
    timeout = 10,
  ): LambdaFunction {
    const name = contract.name.slice('order-saga/'.length);
    const { prefix, logRetentionDays, kmsKeyArn } = this.props;
    return new LambdaFunction<C>(this, name, {
      contract,
      functionName: `${prefix}-saga-${name}`,
      description,
      environment,
      timeout,
      memorySize: 256,
      logRetentionDays,
      kmsKeyArn,
    });
  }

  private ledger(): DynamodbTable {
    const { prefix, deletionProtection, kmsKeyArn } = this.props;
    const table = new DynamodbTable(this, 'ledger', {
      name: `${prefix}-saga-ledger`,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'orderId',
      rangeKey: 'effect',
      attribute: [
        { name: 'orderId', type: 'S' },
        { name: 'effect', type: 'S' },
      ],
      ttl: { enabled: true, attributeName: 'expiresAt' },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn },
      deletionProtectionEnabled: deletionProtection,
    });
    if (!kmsKeyArn)
      acceptFinding(
        table,
        'CKV_AWS_119',
        'Encrypted with the key that AWS manages for DynamoDB; pass kmsKeyArn for one of your own.',
      );
    return table;
  }

  private grantLedger(handler: LambdaFunction, ledger: DynamodbTable): void {
    // A transaction needs the permissions of what is in it, and none of its own.
    handler.grant(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [ledger.arn]);
    const { kmsKeyArn } = this.props;
    if (kmsKeyArn) handler.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [kmsKeyArn]);
  }

  private feed(): void {
    const { prefix, account, region, orders, logRetentionDays, kmsKeyArn, alarmActions, backoff } = this.props;
    const { feed = 'mapping' } = this.props;
    const starter = new LambdaFunction(this, 'start', {
      contract: startOrderSaga,
      functionName: `${prefix}-saga-start`,
      description: 'Starts one saga an order',
      environment: {
        STATE_MACHINE_ARN: this.saga.arn,
        LEDGER_TABLE: orders.tableName,
        LEDGER_DAYS: String(orders.days),
        REPAIR_QUEUE_URL: this.queue.repair.url,
        MAX_RECEIVE_COUNT: String(this.queue.maxReceiveCount),
        QUEUE_URL: this.queue.main.url,
        BACKOFF_BASE_SECONDS: backoff && String(backoff.base),
        BACKOFF_CAP_SECONDS: backoff && String(backoff.cap),
      },
      timeout: 30,
      memorySize: 256,
      reservedConcurrency: feed === 'mapping' ? 5 : undefined,
      logRetentionDays,
      kmsKeyArn,
    });
    this.saga.grantStart(starter);
    starter.alarmWhenFailing(
      'The function that starts sagas fails: orders wait, and are parked in the end. Runbook: waiting.',
      alarmActions,
    );
    starter.alarmOnOwnMetric(
      'own-failures',
      {
        ...INTERNAL_FAILURES,
        description:
          "Sagas are not started for a reason of our own side: the orders table, Step Functions, a queue or a key. The function's log says which. Runbook: waiting.",
      },
      alarmActions,
    );
    orders.grantRecord(starter);
    if (feed === 'mapping') {
      new Consumer(this, 'consumer', { queue: this.queue, handler: starter });
      return;
    }
    // The pipe receives and deletes.
    this.queue.grantRepair(starter);
    new SagaPipe(this, 'pipe', {
      pipeName: `${prefix}-saga-start`,
      account,
      region,
      source: this.queue.main,
      starter,
      kmsKeyArn,
    });
  }
}

/** Adds the coffee order's saga to a stack, with the outputs that pages and people look for. */
export function addOrderSaga(scope: Construct, props: OrderSagaProps): OrderSaga {
  const orderSaga = new OrderSaga(scope, 'order-saga', props);
  const { saga, queue } = orderSaga;
  const outputs = {
    saga_state_machine_arn: saga.arn,
    saga_queue_url: queue.main.url,
    saga_parking_queue_url: saga.parking.url,
  };
  for (const [name, value] of Object.entries(outputs)) new TerraformOutput(scope, name, { value, staticId: true });
  return orderSaga;
}
