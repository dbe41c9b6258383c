import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { announce } from '../../functions/operations/circuit-breaker/announce/contract';
import { hold } from '../../functions/operations/circuit-breaker/hold/contract';
import { park } from '../../functions/operations/circuit-breaker/park/contract';
import { type NamedIntake, reconcile } from '../../functions/operations/circuit-breaker/reconcile/contract';
import { recover } from '../../functions/operations/circuit-breaker/recover/contract';
import { STATE_CHANGE } from '../../functions/runtime/breaker/contract';
import type { FunctionContract } from '../../functions/runtime/contract';
import { withDefaults } from '../defaults';
import { encryptedQueue, type Queue } from '../encrypted-queue';
import { type Grantee, LambdaFunction } from '../lambda-function';
import { checkProps, PropsError } from '../props';
import { releasesByItself } from '../redrive';
import { grantPark, grantRedrive, grantStopRedrive, MAXIMUM_RETENTION_SECONDS } from '../tiered-queue';
import { addAlarms } from './alarms';
import { settingsOf } from './breaker-environment';
import { BreakerTable } from './breaker-table';
import { intakeOf, type SwitchedIntake } from './intake';
import { tableNameOf } from './names';
import { type CircuitBreakerProps, parkerTimeout, rules } from './props';
import { RecoveryMachine } from './recovery-machine';

type FunctionProps<Contract extends FunctionContract> = Omit<
  ConstructorParameters<typeof LambdaFunction<Contract>>[2],
  'logRetentionDays' | 'kmsKeyArn' | 'functionName'
>;

/** Seconds. No more: what a recovery does to the release counts as a person's from a minute after opening (functions/operations/circuit-breaker/stop-release.ts). */
const RECOVER_TIMEOUT = 30;

/**
 * Stops a consumer while something that it depends on is out, and brings it back under control. The table holds the truth; the wrapper in
 * the consumer and an alarm open it, the reconciler makes mapping and recovery follow it, the recovery closes it, people may hold it.
 */
export class CircuitBreaker extends Construct {
  readonly tableName: string;
  /** What people and tools call to hold a breaker, lift a hold, or look. */
  readonly hold: LambdaFunction<typeof hold>;
  readonly recoveryArn: string;
  private readonly table: BreakerTable;

  private readonly props: CircuitBreakerProps;

  constructor(scope: Construct, id: string, given: CircuitBreakerProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'breakerName');
    this.props = props;
    checkProps(this.node.path, props, rules, 'CircuitBreakerProps', given);
    const { breakerName, consumer, dependencies, account, region, kmsKeyArn } = props;
    const { queue } = consumer;
    releasesByItself(this, queue, 'a circuit breaker');
    const table = new BreakerTable(this, 'table', {
      tableName: tableNameOf(breakerName),
      deletionProtection: props.deletionProtection ?? true,
      kmsKeyArn,
    });
    this.table = table;
    this.tableName = table.tableName;
    this.grantProtect(consumer.handler);
    const failures = this.failures();
    const environment = {
      BREAKER_TABLE: table.tableName,
      BREAKER_DEPENDENCIES: JSON.stringify(settingsOf(this.node.path, dependencies)),
    };

    const announcer = this.lambda('announce', {
      contract: announce,
      description: `Publishes the transitions of ${breakerName}`,
      environment: { BREAKER_NAME: breakerName },
    });
    announcer.grant(['events:PutEvents'], [`arn:aws:events:${region}:${account}:event-bus/default`]);
    table.stream(announcer, failures.arn);

    const recoverer = this.lambda('recover', {
      contract: recover,
      description: `Decides what each look of a recovery of ${breakerName} comes to`,
      environment: {
        ...environment,
        PARKED_QUEUE_ARN: queue.parked.arn,
        PARKED_QUEUE_URL: queue.parked.url,
        MAIN_QUEUE_ARN: queue.main.arn,
        MAPPING_UUID: consumer.mappingUuid,
        TRICKLE_RATE: String(props.trickleRate ?? 1),
        CEILING_RATE: String(props.ceilingRate ?? 100),
        RELEASE_INTERVAL_SECONDS: String(props.releaseInterval ?? 10),
      },
      timeout: RECOVER_TIMEOUT,
    });
    table.grantChange(recoverer);
    grantRedrive(queue, recoverer);
    recoverer.grant(['lambda:GetEventSourceMapping'], [consumer.mappingArn]);
    this.grantTripAlarms(recoverer);

    const recovery = new RecoveryMachine(this, 'recovery', {
      name: `${breakerName}-recovery`,
      account,
      region,
      recover: recoverer,
      canaryArns: Object.values(dependencies).map(({ canary }) => canary.handler.arn),
      logRetentionDays: props.logRetentionDays ?? 365,
      kmsKeyArn,
    });
    this.recoveryArn = recovery.arn;

    const parkMappingUuid = props.park === 'queue' ? this.parking() : undefined;
    const reconciler = this.lambda('reconcile', {
      contract: reconcile,
      description: `Makes mapping and recovery follow the state of ${breakerName}`,
      environment: {
        ...environment,
        BREAKER_NAME: breakerName,
        MAPPING_UUID: consumer.mappingUuid,
        RECOVERY_ARN: recovery.arn,
        PARKED_QUEUE_ARN: queue.parked.arn,
        PARKED_QUEUE_URL: queue.parked.url,
        MAXIMUM_CONCURRENCY: consumer.maximumConcurrency?.toString(),
        PARK_MAPPING_UUID: parkMappingUuid,
        SWEEPS: props.sweeps?.toString(),
        // Whoever brings messages in may be made after the breaker, since it needs the consumer's function.
        INTAKES: Lazy.stringValue({
          produce: () => (this.intakes.length > 0 ? JSON.stringify(this.intakes) : undefined),
        }),
      },
      // Lambda may be busy with an earlier change of the mapping for a while.
      timeout: 60,
      onFailure: { queue: failures, maximumEventAge: 300 },
    });
    table.grantChange(reconciler);
    grantStopRedrive(queue, reconciler);
    this.grantTripAlarms(reconciler);
    recovery.grantStart(reconciler);
    const mappings = [consumer.mappingArn, ...(this.parkMappingArn ? [this.parkMappingArn] : [])];
    reconciler.grant(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], mappings);
    this.trigger(reconciler);
    this.reconciler = reconciler;

    this.hold = this.lambda('hold', {
      contract: hold,
      description: `Holds the breakers of ${breakerName} open or closed, or says how they stand`,
      environment: {
        ...environment,
        MAIN_RETENTION_SECONDS: props.park === 'queue' ? undefined : String(queue.messageRetention),
      },
    });
    table.grantChange(this.hold);
    addAlarms(this, props, { failuresQueueName: failures.name, recoveryArn: recovery.arn, reconciler });
  }

  /** What another function needs to stand behind this breaker as well: its environment is `breakerEnvironment` of the same props. */
  grantProtect(grantee: Grantee): void {
    this.table.grantProtect(grantee);
  }

  /**
   * Has the breaker switch off what brings messages to the consumer's function beside its queue: a `StreamConsumer`, a `KafkaConsumer`, a `BrokerConsumer`, a `Pipe`, an `EventRule`. It is off from when a
   * dependency is out until all are closed again, and must be `switchedAtRunTime`.
   */
  stopsIntake(source: SwitchedIntake): void {
    const { named, actions, arn } = intakeOf(source);
    if (!source.switchedAtRunTime)
      throw new PropsError(this.node.path, [
        `stopsIntake was given ${source.node.path}, which is not switchedAtRunTime; the next apply would switch it on in mid-outage. Set switchedAtRunTime: true`,
      ]);
    this.intakes.push(named);
    this.reconciler.grant(actions, [arn]);
  }

  private readonly intakes: NamedIntake[] = [];
  private readonly reconciler: LambdaFunction<typeof reconcile>;
  private parkMappingArn: string | undefined;

  private get tripAlarms() {
    return Object.values(this.props.dependencies).flatMap(({ tripAlarm }) => (tripAlarm ? [tripAlarm] : []));
  }

  /** Seeing how they stand. On all, because a narrower permission sees no composite alarm. Source: CloudWatch API, DescribeAlarms. */
  private grantTripAlarms(grantee: Grantee): void {
    if (this.tripAlarms.length > 0) grantee.grant(['cloudwatch:DescribeAlarms'], ['*']);
  }

  private lambda<Contract extends FunctionContract>(
    name: string,
    settings: FunctionProps<Contract>,
  ): LambdaFunction<Contract> {
    const { breakerName, logRetentionDays, kmsKeyArn } = this.props;
    const common = { functionName: `${breakerName}-${name}`, logRetentionDays, kmsKeyArn, memorySize: 256 };
    return new LambdaFunction<Contract>(this, name, { ...common, ...settings });
  }

  /** What could not be delivered to a function of the breaker: kept for people; the schedule makes up for it. */
  private failures(): Queue {
    const { kmsKeyArn, breakerName } = this.props;
    return encryptedQueue(this, 'failures', {
      name: `${breakerName}-failures`,
      messageRetentionSeconds: MAXIMUM_RETENTION_SECONDS,
      kmsKeyArn,
    });
  }

  /** @returns uuid of the mapping that carries messages to parked while the consumer's is off */
  private parking(): string {
    const { queue } = this.props.consumer;
    const parker = this.lambda('park', {
      contract: park,
      description: `Carries messages to parked while a dependency of ${this.props.breakerName} is out`,
      environment: { PARKED_QUEUE_URL: queue.parked.url },
      timeout: parkerTimeout(queue.visibilityTimeout),
    });
    grantPark(queue, parker);
    const mapping = new LambdaEventSourceMapping(this, 'park-mapping', {
      eventSourceArn: queue.main.arn,
      functionName: parker.arn,
      batchSize: 10,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 2 },
      enabled: false,
      lifecycle: { ignoreChanges: ['enabled'] },
    });
    this.parkMappingArn = mapping.arn;
    return mapping.uuid;
  }

  /** State changes, alarms, and every minute: each runs the same reconciliation, so that none of them has to arrive. */
  private trigger(reconciler: LambdaFunction): void {
    const { breakerName } = this.props;
    const rule = (name: string, what: { eventPattern?: string; scheduleExpression?: string }, description: string) => {
      const made = new CloudwatchEventRule(this, name, { name: `${breakerName}-${name}`, description, ...what });
      new CloudwatchEventTarget(this, `${name}-target`, { rule: made.name, arn: reconciler.arn });
      reconciler.allowInvocationBy(`by-${name}`, 'events.amazonaws.com', made.arn);
    };
    const pattern = (fields: object) => ({ eventPattern: JSON.stringify(fields) });
    rule(
      'state-change',
      pattern({
        source: [STATE_CHANGE.source],
        'detail-type': [STATE_CHANGE.detailType],
        detail: { breaker: [breakerName] },
      }),
      `${breakerName} changed its state: switch the mapping, start the recovery`,
    );
    rule(
      'every-minute',
      { scheduleExpression: 'rate(1 minute)' },
      `Repairs what a lost event or a crash left of ${breakerName}`,
    );
    if (this.tripAlarms.length === 0) return;
    rule(
      'alarm',
      pattern({
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: this.tripAlarms.map(({ arn }) => arn),
        detail: { state: { value: ['ALARM'] } },
      }),
      `An alarm opens ${breakerName}`,
    );
  }
}
