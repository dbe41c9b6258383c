import { defineContract } from '../../../runtime/contract';

export const returnBeans = defineContract({
  name: 'order-saga/return-beans',
  environment: { SAGA_TABLE: "name of the table that holds the saga's effects and the stock" },
  optionalEnvironment: { OPENING_STOCK_GRAMS: 'the same as for reserve-beans; default 1000000' },
});
