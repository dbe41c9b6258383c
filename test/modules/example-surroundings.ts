import { type TerraformStack, TerraformVariable } from 'cdktf';
import { bankCanary, invoices } from '../../examples/invoices/contract';
import { orderConsumer } from '../../functions/shop/order-consumer/contract';
import { orderHistory } from '../../functions/shop/order-history/contract';
import { AlarmTopic } from '../../modules/alarm-topic';
import { Broker } from '../../modules/broker';
import { LambdaFunction } from '../../modules/lambda-function';
import { Ledger } from '../../modules/ledger';
import { Network } from '../../modules/network';
import { TieredQueue } from '../../modules/tiered-queue';

/** What the examples of the modules' READMEs take for granted. */
export function surroundings(stack: TerraformStack) {
  const account = '111111111111';
  const region = 'eu-central-1';
  const handlerOf = (name: string) =>
    new LambdaFunction(stack, `given-${name}`, {
      contract: orderHistory,
      functionName: name,
      description: 'Given',
      environment: { ORDERS_TABLE: 'orders' },
    });
  const network = new Network(stack, 'given-network', {
    ...{ name: 'given', region, account, cidrBlock: '10.20.0.0/16', zones: ['eu-central-1a', 'eu-central-1b'] },
  });
  const password = new TerraformVariable(stack, 'password', { type: 'string', sensitive: true });
  const users = [{ username: 'orders', password: password.stringValue, passwordVersion: 1 }];
  return {
    ...{ account, region, invoices, bankCanary, orderConsumer, orderHistory, network, password },
    paymentUrl: 'https://payment.example.com',
    queue: new TieredQueue(stack, 'given-queue', { queueName: 'given' }),
    ledger: new Ledger(stack, 'given-ledger', { tableName: 'given' }),
    canary: handlerOf('canary'),
    topic: new AlarmTopic(stack, 'given-topic', { topicName: 'given', account, subscribers: [] }),
    broker: new Broker(stack, 'given-broker', {
      ...{ brokerName: 'given', region, account, users, subnetIds: network.brokerSubnetIds.slice(0, 2) },
      securityGroupIds: [network.brokersSecurityGroupId],
      maintenanceWindow: { dayOfWeek: 'TUESDAY', timeOfDay: '03:00' },
      configuration: { queues: [{ queue: 'orders', redelivery: { maximumRedeliveries: 20 } }] },
    }),
    answering: { end: { endpoints: ['ssl://b-1.mq.eu-west-1.amazonaws.com:61617'] } },
    ...{ handler: handlerOf('handler'), history: handlerOf('history'), shop: handlerOf('shop') },
    ...{ reserve: handlerOf('reserve'), giveBack: handlerOf('give-back'), charge: handlerOf('charge') },
    ...{ refund: handlerOf('refund'), print: handlerOf('print'), notify: handlerOf('notify') },
    ...{ apologize: handlerOf('apologize'), starter: handlerOf('starter') },
  };
}
