import { brewFinalErrors } from '../../functions/shop/order-saga/brew/contract';
import { chargeFinalErrors } from '../../functions/shop/order-saga/charge/contract';
import { reserveBeansFinalErrors } from '../../functions/shop/order-saga/reserve-beans/contract';
import type { SagaDefinition, Task } from '../../modules/saga';

export const ORDER_SAGA_TASKS = [
  'reserve-beans',
  'return-beans',
  'charge',
  'refund',
  'brew',
  'discard',
  'notify',
  'apologize',
] as const;

export type OrderSagaTask = (typeof ORDER_SAGA_TASKS)[number];
export type Retries = Pick<SagaDefinition, 'retry' | 'lastingRetry'>;

/**
 * The coffee order: reserve beans → charge → brew → tell the customer. Brewed coffee is the point of no return: a message that can't be sent is no
 * reason to pour it away, so `notify` is parked instead. The apology comes last, when money and beans are back.
 */
export const orderSaga = (task: (name: OrderSagaTask) => Task, retries: Retries = {}): SagaDefinition => ({
  ...retries,
  steps: [
    {
      action: task('reserve-beans'),
      compensation: task('return-beans'),
      finalErrors: reserveBeansFinalErrors,
    },
    { action: task('charge'), compensation: task('refund'), finalErrors: chargeFinalErrors },
    { action: task('brew'), compensation: task('discard'), finalErrors: brewFinalErrors },
    { action: task('notify'), onFailure: 'park' },
  ],
  afterCompensation: task('apologize'),
});
