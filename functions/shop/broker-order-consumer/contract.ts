import { defineConsumer } from '../../runtime/contract';
import { orderMessage, paymentEnvironment } from '../orders/contract';

export const brokerOrderConsumer = defineConsumer({
  name: 'broker-order-consumer',
  ...paymentEnvironment,
  ...orderMessage,
  dependency: 'payment',
});
