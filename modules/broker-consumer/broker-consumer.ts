import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import { brokerOrderConsumer } from '../../functions/broker-order-consumer/contract';
import { LambdaFunction } from '../lambda-function';
import { checkProps } from '../props';
import { type BrokerConsumerProps, rules } from './props';

/**
 * Feeds orders from a broker's queue to a function. What the function can't pay now it hands over to the tiers of SQS, with a delay: from there on backoff, parking,
 * redrive and repair are the same as for an order that came by SQS.
 */
export class BrokerConsumer extends Construct {
  readonly handler: LambdaFunction<typeof brokerOrderConsumer>;
  readonly mappingUuid: string;

  constructor(scope: Construct, id: string, props: BrokerConsumerProps) {
    super(scope, id);
    checkProps(this.node.path, props, rules);
    const { source, tiers, ordersTable, functionName } = props;
    const { brokerArn } = source.broker.end;
    const handler = new LambdaFunction(this, 'handler', {
      contract: brokerOrderConsumer,
      functionName,
      description: `Takes payment for orders from ${props.queueName} of ${source.broker.end.brokerName}`,
      environment: {
        QUEUE_URL: tiers.main.url,
        REPAIR_QUEUE_URL: tiers.repair.url,
        ORDERS_TABLE: ordersTable.tableName,
        PAYMENT_URL: props.paymentUrl,
        ...(props.paymentSecretArn && { PAYMENT_SECRET_ARN: props.paymentSecretArn }),
        PAYMENT_TIMEOUT_MS: String(props.paymentTimeoutMs ?? 5000),
      },
      timeout: props.timeout ?? 30,
      reservedConcurrency: props.reservedConcurrency,
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    ordersTable.grantRecord(handler);
    if (props.paymentSecretArn) handler.grant(['secretsmanager:GetSecretValue'], [props.paymentSecretArn]);
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
    const secretArn = source.engine === 'activemq' ? source.broker.secretArn(source.username) : source.broker.secretArn;
    if (source.engine === 'activemq') source.broker.grantConnect(handler, source.username);
    else source.broker.grantConnect(handler);

    const mapping = new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: brokerArn,
      functionName: handler.arn,
      queues: [props.queueName],
      batchSize: props.batchSize ?? 10,
      maximumBatchingWindowInSeconds: props.batchingWindow ?? 1,
      sourceAccessConfiguration: [
        { type: 'BASIC_AUTH', uri: secretArn },
        ...(source.engine === 'rabbitmq' ? [{ type: 'VIRTUAL_HOST', uri: source.virtualHost ?? '/' }] : []),
      ],
      enabled: true,
    });
    handler.alarmWhenFailing(
      'Orders from the broker can neither be handled nor handed over to SQS: the broker delivers the same batch again and again.',
      props.alarmActions,
    );
    this.handler = handler;
    this.mappingUuid = mapping.uuid;
  }
}
