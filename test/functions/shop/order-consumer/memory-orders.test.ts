import { MemoryOrders } from './memory-orders';
import { ordersContract } from './orders-contract';

describe('the books in memory, which schedules of crashes are played on', () => {
  const orders = new MemoryOrders();
  ordersContract(() => orders);
});
