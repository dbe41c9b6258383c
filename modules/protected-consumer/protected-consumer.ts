import { Construct } from 'constructs';
import {
  type AnyConsumerContract,
  type EnvironmentOf,
  type FunctionContract,
  MESSAGES_FAILED,
} from '../../functions/runtime/contract';
import { breakerEnvironment, CircuitBreaker } from '../circuit-breaker';
import { Consumer } from '../consumer';
import { type AlarmActions, withDefaults } from '../defaults';
import { ExistingFunction, LambdaFunction } from '../lambda-function';
import { type ConsumerLedger, Ledger } from '../ledger';
import { checkProps } from '../props';
import { Redrive } from '../redrive';
import { addQueueAlarms, ExistingQueue, LONGEST_MAIN_RETENTION_SECONDS, TieredQueue } from '../tiered-queue';
import { type ProtectedConsumerProps, rules } from './props';

/** As many as SQS parks after in a queue that parks. */
const RECEIVES_PER_ROUND = 5;

/** A consumer of the kit with all that keeps its messages safe: tiered queue, ledger, function, mapping, canary, redrive, alarms, and a circuit breaker where one is asked for. */
export class ProtectedConsumer<
  Contract extends AnyConsumerContract,
  Canary extends FunctionContract = FunctionContract,
> extends Construct {
  readonly queue: TieredQueue | ExistingQueue;
  readonly ledger: ConsumerLedger | undefined;
  readonly handler: LambdaFunction<Contract>;
  readonly consumer: Consumer;
  readonly canary: LambdaFunction<Canary> | ExistingFunction;
  readonly redrive: Redrive;
  readonly breaker: CircuitBreaker | undefined;

  constructor(scope: Construct, id: string, given: ProtectedConsumerProps<Contract, Canary>) {
    super(scope, id);
    const props = withDefaults(this, given, 'name');
    checkProps(
      this.node.path,
      { ledgerDays: 400, workTimeoutMs: 5000, ...props } as ProtectedConsumerProps,
      rules,
      'ProtectedConsumerProps',
      given,
    );
    const { name, account, alarmActions, kmsKeyArn, logRetentionDays, deletionProtection } = props;
    const shared = { kmsKeyArn, logRetentionDays };
    this.queue = this.tiers(props);
    this.ledger = props.ledger === 'none' ? undefined : (props.ledger ?? this.ownLedger(props));
    this.canary =
      props.canary instanceof ExistingFunction
        ? props.canary
        : new LambdaFunction<Canary>(this, 'canary', {
            ...props.canary,
            functionName: `${name}-canary`,
            description: `Says whether what ${name} depends on works`,
            timeout: 15,
            memorySize: 256,
            ...shared,
          });
    const breaker = this.breakerNames(props);
    this.handler = new LambdaFunction<Contract>(this, 'handler', {
      contract: props.contract,
      bundle: props.bundle,
      functionName: name,
      description: `Handles the messages of ${name}`,
      environment: {
        ...props.environment,
        QUEUE_URL: this.queue.main.url,
        REPAIR_QUEUE_URL: this.queue.repair.url,
        MAX_RECEIVE_COUNT: String(this.queue.maxReceiveCount),
        LEDGER_TABLE: this.ledger?.tableName,
        LEDGER_DAYS: this.ledger && String(this.ledger.days),
        CANARY_FUNCTION: this.canary.arn,
        RECEIVES_PER_ROUND:
          this.queue instanceof TieredQueue && this.queue.strictOrder ? String(RECEIVES_PER_ROUND) : undefined,
        MAX_ROUNDS: props.maxRounds === undefined ? undefined : String(props.maxRounds),
        WORK_TIMEOUT_MS: props.workTimeoutMs === undefined ? undefined : String(props.workTimeoutMs),
        ...(breaker && breakerEnvironment(breaker)),
      } as unknown as EnvironmentOf<Contract>,
      reservedConcurrency: 5,
      ...props.function,
      ...shared,
    });
    this.ledger?.grantRecord(this.handler);
    this.handler.grant(['lambda:InvokeFunction'], [this.canary.arn]);
    this.alarms(alarmActions);
    this.consumer = new Consumer(this, 'consumer', {
      queue: this.queue,
      handler: this.handler,
      switchedAtRunTime: breaker !== undefined,
      ...props.mapping,
    });
    this.redrive = new Redrive(this, 'redrive', {
      queue: this.queue,
      functionName: `${name}-redrive`,
      account,
      canary: { handler: this.canary },
      // Behind a breaker its recovery releases; two that release would get in each other's way.
      ...(breaker && { everyMinutes: 'off' as const }),
      ...props.redrive,
      alarmActions,
      ...shared,
    });
    this.breaker =
      breaker &&
      new CircuitBreaker(this, 'breaker', {
        ...breaker,
        consumer: this.consumer,
        deletionProtection,
        alarmActions,
        ...shared,
      });
  }

  private tiers({ name, queue, breaker, kmsKeyArn, alarmActions }: ProtectedConsumerProps<Contract, Canary>) {
    if (queue instanceof ExistingQueue) {
      addQueueAlarms(new Construct(this, 'queue'), queue, { alarmPrefix: name, alarmActions });
      return queue;
    }
    return new TieredQueue(this, 'queue', {
      queueName: name,
      ...(breaker && { messageRetention: LONGEST_MAIN_RETENTION_SECONDS }),
      ...queue,
      kmsKeyArn,
      alarmActions,
    });
  }

  private ownLedger({
    name,
    ledgerDays,
    deletionProtection,
    kmsKeyArn,
  }: ProtectedConsumerProps<Contract, Canary>): Ledger {
    return new Ledger(this, 'ledger', { tableName: `${name}-ledger`, days: ledgerDays, deletionProtection, kmsKeyArn });
  }

  private breakerNames({ name, contract, breaker, account, region = '' }: ProtectedConsumerProps<Contract, Canary>) {
    if (!breaker || !contract.dependency) return undefined;
    const { dependency, ...settings } = breaker;
    const dependencies = { [contract.dependency]: { ...dependency, canary: { handler: this.canary } } };
    return { breakerName: name, account, region, dependencies, ...settings };
  }

  private alarms(alarmActions: AlarmActions | undefined): void {
    this.handler.alarmWhenFailing(
      'The consumer runs out of time or its process dies: whole batches come back, and are parked in the end. Runbook: waiting.',
      alarmActions,
    );
    this.handler.alarmOnOwnMetric(
      'own-failures',
      {
        metricName: MESSAGES_FAILED,
        dimensions: { kind: 'internal' },
        description:
          "Messages fail for a reason of our own side: the ledger, a secret, a queue or a key. The function's log says which. Runbook: waiting.",
      },
      alarmActions,
    );
  }
}
