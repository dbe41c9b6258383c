import { defineConsumer } from '../../../runtime/contract';
import { orderMessage } from '../../orders/contract';

export const startOrderSaga = defineConsumer({
  name: 'order-saga/start',
  environment: { STATE_MACHINE_ARN: 'ARN of the saga' },
  ...orderMessage,
});
