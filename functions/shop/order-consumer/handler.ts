import { consumer } from '../../runtime/consumer';
import { payForOrder } from '../orders/pay-for-order';
import { orderConsumer } from './contract';

export const handler = consumer(orderConsumer, payForOrder());
