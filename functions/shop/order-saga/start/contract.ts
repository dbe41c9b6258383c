import { defineContract } from '../../../runtime/contract';

export const startOrderSaga = defineContract({
  name: 'order-saga/start',
  environment: {
    STATE_MACHINE_ARN: 'ARN of the saga',
    ORDERS_TABLE: 'name of the orders table',
    REPAIR_QUEUE_URL: 'URL of the repair tier, for messages that a person has to mend',
    MAX_RECEIVE_COUNT: "the queue's maxReceiveCount: receives until SQS parks a message",
  },
  optionalEnvironment: {
    QUEUE_URL: 'URL of the main queue, to put a failed message off; default: it comes back when its visibility ends',
    BACKOFF_BASE_SECONDS: 'seconds; ceiling of the first wait; default 2',
    BACKOFF_CAP_SECONDS: 'seconds; no wait is longer; default 300',
  },
});
