import { defineContract } from '../../../runtime/contract';

export const brew = defineContract({
  name: 'order-saga/brew',
  environment: { SAGA_TABLE: "name of the table that holds the saga's effects and the stock" },
});

/** Errors by which it says that nothing was brewed and nothing will be. */
export const brewFinalErrors = ['TooLate'] as const;
