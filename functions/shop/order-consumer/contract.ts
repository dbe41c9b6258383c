import { protection } from '../../runtime/breaker/contract';
import { defineContract } from '../../runtime/contract';

/** The metric of orders that are not done, with the kind of failure as its dimension `kind`. */
export const ORDERS_FAILED = 'OrdersFailed';
/** Those of them that failed for reasons of our own side: the table, a secret, a queue, a key. */
export const OWN_FAILURES = { metricName: ORDERS_FAILED, dimensions: { kind: 'own' } };

/** What a consumer of orders needs, whichever queue feeds it. */
export const orderEnvironment = {
  REPAIR_QUEUE_URL: 'URL of the repair tier, for messages that a person has to mend',
  ORDERS_TABLE: 'name of the orders table',
  PAYMENT_URL: 'base address of the payment system; the call goes to <address>/payments',
};
export const optionalOrderEnvironment = {
  PAYMENT_SECRET_ARN:
    'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
  PAYMENT_TIMEOUT_MS:
    'milliseconds until a payment call is given up; default 5000, always cut to what is left of the invocation',
  BACKOFF_BASE_SECONDS: 'seconds; ceiling of the first wait; default 2',
};

export const orderConsumer = defineContract({
  name: 'order-consumer',
  environment: {
    QUEUE_URL: 'URL of the main queue, to put a failed message off',
    MAX_RECEIVE_COUNT: "the queue's maxReceiveCount: receives until SQS parks a message",
    ...orderEnvironment,
  },
  optionalEnvironment: {
    ...optionalOrderEnvironment,
    BACKOFF_CAP_SECONDS: 'seconds; no wait is longer; default 300',
    ...protection,
    MAX_ROUNDS:
      'rounds of redrive that an order may fail while payment works for others; then it goes to repair as poison; default 3',
  },
});
