import { defineContract } from '../../../runtime/contract';

export const apologize = defineContract({
  name: 'order-saga/apologize',
  environment: { ORDERS_TABLE: "name of the orders table, which the customer's page is made of" },
});
