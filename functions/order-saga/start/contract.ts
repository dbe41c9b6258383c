import { defineContract } from '../../contract';

export const startOrderSaga = defineContract({
  name: 'order-saga/start',
  environment: {
    STATE_MACHINE_ARN: 'ARN of the saga',
    ORDERS_TABLE: 'name of the orders table',
    REPAIR_QUEUE_URL: 'URL of the repair tier, for messages that a person has to mend',
  },
});
