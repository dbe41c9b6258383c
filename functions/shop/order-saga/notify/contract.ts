import { defineContract } from '../../../runtime/contract';

export const notify = defineContract({
  name: 'order-saga/notify',
  environment: { ORDERS_TABLE: "name of the orders table, which the customer's page is made of" },
});
