import {
  LambdaEventSourceMapping,
  type LambdaEventSourceMappingConfig,
} from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import { type AnyConsumerContract, type EnvironmentOf, INTERNAL_FAILURES } from '../../functions/runtime/contract';
import { grantSecret, LambdaFunction } from '../lambda-function';
import { checkProps } from '../props';
import { grantHandOver } from '../tiered-queue';
import { type BrokerConsumerProps, mostAtOnce, rules } from './props';

/**
 * Feeds messages from a broker's queue to a consumer. What it can't finish now it hands over to the tiers of SQS, with a delay: from there on backoff, parking,
 * redrive and repair are the same as for a message that came by SQS.
 */
export class BrokerConsumer<Contract extends AnyConsumerContract = AnyConsumerContract> extends Construct {
  readonly handler: LambdaFunction<Contract>;
  readonly mappingUuid: string;
  readonly mappingArn: string;
  /** A circuit breaker may switch the mapping: Terraform leaves that alone. */
  readonly switchedAtRunTime: boolean;
  /** Switched on by hand, to take the queue's dead letters the same way: docs/runbooks/broker-dead-letters.md. */
  readonly deadLettersMappingUuid: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BrokerConsumerProps<Contract>,
  ) {
    super(scope, id);
    checkProps(this.node.path, props as unknown as BrokerConsumerProps, rules, 'BrokerConsumerProps');
    const { source, functionName } = props;
    const deadLetterQueue = source.broker.deadLetterQueue(props.queueName);
    const handler = this.consumer('handler', functionName, props.queueName, props.reservedConcurrency);
    // A function of its own: Lambda refuses a second mapping of one function on one source for SQS, Kinesis and DynamoDB, and doesn't say for Amazon MQ. Source: Lambda API,
    // CreateEventSourceMapping, ResourceConflictException.
    const mender = this.consumer('dead-letters-handler', `${functionName}-dead-letters`, deadLetterQueue);
    const mapping = this.mapping('mapping', handler, props.queueName, {
      batchSize: props.batchSize ?? 10,
      maximumBatchingWindowInSeconds: props.batchingWindow ?? 1,
      enabled: true,
      lifecycle: props.switchedAtRunTime ? { ignoreChanges: ['enabled'] } : undefined,
    });
    const deadLetters = this.mapping('dead-letters-mapping', mender, deadLetterQueue, {
      // One that fails again takes no other with it.
      batchSize: 1,
      enabled: false,
      lifecycle: { ignoreChanges: ['enabled'] },
    });
    this.handler = handler;
    this.mappingUuid = mapping.uuid;
    this.mappingArn = mapping.arn;
    this.switchedAtRunTime = props.switchedAtRunTime ?? false;
    this.deadLettersMappingUuid = deadLetters.uuid;
  }

  /** A function that takes messages from one queue of the broker, with what it may do and the alarms on it. */
  private consumer(
    id: string,
    functionName: string,
    queueName: string,
    reservedConcurrency = mostAtOnce(this.props),
  ): LambdaFunction<Contract> {
    const { props } = this;
    const { source, tiers, ledger, canary } = props;
    const { brokerArn, brokerName } = source.broker.end;
    const handler = new LambdaFunction<Contract>(this, id, {
      contract: props.contract,
      bundle: props.bundle,
      functionName,
      description: `Handles the messages of ${queueName} of ${brokerName}`,
      environment: {
        ...props.environment,
        QUEUE_URL: tiers.main.url,
        REPAIR_QUEUE_URL: tiers.repair.url,
        MAX_RECEIVE_COUNT: String(tiers.maxReceiveCount),
        LEDGER_TABLE: ledger.tableName,
        LEDGER_DAYS: String(ledger.days),
        CANARY_FUNCTION: canary?.arn,
        WORK_TIMEOUT_MS: String(props.workTimeoutMs ?? 5000),
        ...props.breaker?.environment,
      } as unknown as EnvironmentOf<Contract>,
      timeout: props.timeout ?? 30,
      reservedConcurrency,
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    ledger.grantRecord(handler);
    canary?.grantInvoke(handler);
    for (const { arn, kmsKeyArn } of props.secrets ?? []) grantSecret(handler, arn, kmsKeyArn);
    props.breaker?.grantProtect(handler);
    grantHandOver(tiers, handler);
    // The pollers are Lambda's, in the broker's subnets and groups, with the function's role. Source: Lambda guide, "Amazon MQ: permissions".
    handler.grant(['mq:DescribeBroker'], [brokerArn]);
    handler.grantToLambda([
      ...['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'],
      ...['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
    ]);
    if (source.engine === 'activemq') source.broker.grantConnect(handler, source.username);
    else source.broker.grantConnect(handler);
    handler.alarmWhenFailing(
      'Messages from the broker can neither be handled nor handed over to SQS: the broker delivers the same batch again, and gives it up in the end. Runbook: broker-queue.',
      props.alarmActions,
    );
    handler.alarmOnOwnMetric(
      'own-failures',
      {
        ...INTERNAL_FAILURES,
        description:
          "Messages from the broker fail for a reason of our own side: the ledger, a secret, a queue or a key. The function's log says which. Runbook: waiting.",
      },
      props.alarmActions,
    );
    return handler;
  }

  /** Feeds a function from one queue of the broker: Lambda takes exactly one. */
  private mapping(
    id: string,
    handler: LambdaFunction<Contract>,
    queueName: string,
    settings: Pick<
      LambdaEventSourceMappingConfig,
      'batchSize' | 'maximumBatchingWindowInSeconds' | 'enabled' | 'lifecycle'
    >,
  ): LambdaEventSourceMapping {
    const { source } = this.props;
    const secretArn = source.engine === 'activemq' ? source.broker.secretArn(source.username) : source.broker.secretArn;
    return new LambdaEventSourceMapping(this, id, {
      eventSourceArn: source.broker.end.brokerArn,
      functionName: handler.arn,
      queues: [queueName],
      sourceAccessConfiguration: [
        { type: 'BASIC_AUTH', uri: secretArn },
        ...(source.engine === 'rabbitmq' ? [{ type: 'VIRTUAL_HOST', uri: source.virtualHost ?? '/' }] : []),
      ],
      ...settings,
    });
  }
}
