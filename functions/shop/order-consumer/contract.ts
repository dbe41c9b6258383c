import { defineConsumer } from '../../runtime/contract';
import { orderMessage, paymentEnvironment } from '../orders/contract';

export const orderConsumer = defineConsumer({
  name: 'order-consumer',
  ...paymentEnvironment,
  ...orderMessage,
  dependency: 'payment',
});
