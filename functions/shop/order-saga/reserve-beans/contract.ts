import { defineContract } from '../../../runtime/contract';

export const reserveBeans = defineContract({
  name: 'order-saga/reserve-beans',
  environment: { SAGA_TABLE: "name of the table that holds the saga's effects and the stock" },
  optionalEnvironment: { OPENING_STOCK_GRAMS: 'grams of beans in stock before the first order; default 1000000' },
});

/** Errors by which it says that nothing was done and nothing will be. */
export const reserveBeansFinalErrors = ['OutOfBeans', 'TooLate'] as const;
