import { consumer } from '../../runtime/consumer';
import { activemq } from '../../runtime/sources/activemq';
import { rabbitmq } from '../../runtime/sources/rabbitmq';
import type { Source } from '../../runtime/sources/source';
import { payForOrder } from '../orders/pay-for-order';
import { brokerOrderConsumer } from './contract';

const eitherBroker: Source = (tools) => ({
  read: (event) => activemq(tools).read(event) ?? rabbitmq(tools).read(event),
});

/** Orders from a broker's queue; what can't be paid at once is handed over to the queue of the order consumer. */
export const handler = consumer(brokerOrderConsumer, { ...payForOrder(), source: eitherBroker });
