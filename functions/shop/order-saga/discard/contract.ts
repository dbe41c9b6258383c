import { defineContract } from '../../../runtime/contract';

export const discard = defineContract({
  name: 'order-saga/discard',
  environment: { SAGA_TABLE: "name of the table that holds the saga's effects and the stock" },
});
