import { defineContract } from '../../runtime/contract';

export const orderHistory = defineContract({
  name: 'order-history',
  environment: { ORDERS_TABLE: 'name of the orders table' },
});
