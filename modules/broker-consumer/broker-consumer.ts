import {
  LambdaEventSourceMapping,
  type LambdaEventSourceMappingConfig,
} from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import { brokerOrderConsumer } from '../../functions/shop/broker-order-consumer/contract';
import { OWN_FAILURES } from '../../functions/shop/order-consumer/contract';
import { grantSecret, LambdaFunction } from '../lambda-function';
import { checkProps } from '../props';
import { type BrokerConsumerProps, mostAtOnce, rules } from './props';

/**
 * Feeds orders from a broker's queue to a function. What the function can't pay now it hands over to the tiers of SQS, with a delay: from there on backoff, parking,
 * redrive and repair are the same as for an order that came by SQS.
 */
export class BrokerConsumer extends Construct {
  readonly handler: LambdaFunction<typeof brokerOrderConsumer>;
  readonly mappingUuid: string;
  /** Switched on by hand, to take the queue's dead letters the same way: docs/runbooks/broker-dead-letters.md. */
  readonly deadLettersMappingUuid: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BrokerConsumerProps,
  ) {
    super(scope, id);
    checkProps(this.node.path, props, rules);
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
    });
    const deadLetters = this.mapping('dead-letters-mapping', mender, deadLetterQueue, {
      // One that fails again takes no other with it.
      batchSize: 1,
      enabled: false,
      lifecycle: { ignoreChanges: ['enabled'] },
    });
    this.handler = handler;
    this.mappingUuid = mapping.uuid;
    this.deadLettersMappingUuid = deadLetters.uuid;
  }

  /** A function that takes orders from one queue of the broker, with what it may do and the alarms on it. */
  private consumer(
    id: string,
    functionName: string,
    queueName: string,
    reservedConcurrency = mostAtOnce(this.props),
  ): LambdaFunction<typeof brokerOrderConsumer> {
    const { props } = this;
    const { source, tiers, ordersTable } = props;
    const { brokerArn, brokerName } = source.broker.end;
    const handler = new LambdaFunction(this, id, {
      contract: brokerOrderConsumer,
      functionName,
      description: `Takes payment for orders from ${queueName} of ${brokerName}`,
      environment: {
        QUEUE_URL: tiers.main.url,
        REPAIR_QUEUE_URL: tiers.repair.url,
        ORDERS_TABLE: ordersTable.tableName,
        PAYMENT_URL: props.paymentUrl,
        PAYMENT_SECRET_ARN: props.paymentSecretArn,
        PAYMENT_TIMEOUT_MS: String(props.paymentTimeoutMs ?? 5000),
        ...props.breaker?.environment,
      },
      timeout: props.timeout ?? 30,
      reservedConcurrency,
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    ordersTable.grantRecord(handler);
    grantSecret(handler, props.paymentSecretArn, props.paymentSecretKmsKeyArn);
    props.breaker?.grantProtect(handler);
    tiers.grantSend(handler);
    handler.grant(['sqs:SendMessage'], [tiers.repair.arn]);
    // The pollers are Lambda's, in the broker's subnets and groups, with the function's role. Source: Lambda guide, "Amazon MQ: permissions".
    handler.grant(['mq:DescribeBroker'], [brokerArn]);
    handler.grant(
      [
        ...['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'],
        ...['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
      ],
      ['*'],
    );
    if (source.engine === 'activemq') source.broker.grantConnect(handler, source.username);
    else source.broker.grantConnect(handler);
    handler.alarmWhenFailing(
      'Orders from the broker can neither be handled nor handed over to SQS: the broker delivers the same batch again, and gives it up in the end. Runbook: broker-queue.',
      props.alarmActions,
    );
    handler.alarmOnOwnMetric(
      'own-failures',
      {
        ...OWN_FAILURES,
        description:
          "Orders from the broker fail for a reason of our own side: the orders table, a secret, a queue or a key. The function's log says which. Runbook: orders-waiting.",
      },
      props.alarmActions,
    );
    return handler;
  }

  /** Feeds a function from one queue of the broker: Lambda takes exactly one. */
  private mapping(
    id: string,
    handler: LambdaFunction<typeof brokerOrderConsumer>,
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
