import { defineContract } from '../contract';

export const brokerOrderConsumer = defineContract({
  name: 'broker-order-consumer',
  environment: {
    QUEUE_URL: 'URL of the SQS queue that orders are handed over to which could not be paid now',
    REPAIR_QUEUE_URL: 'URL of the repair tier, for messages that a person has to mend',
    ORDERS_TABLE: 'name of the orders table',
    PAYMENT_URL: 'base address of the payment system; the call goes to <address>/payments',
  },
  optionalEnvironment: {
    PAYMENT_SECRET_ARN:
      'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
    PAYMENT_TIMEOUT_MS:
      'milliseconds until a payment call is given up; default 5000, always cut to what is left of the invocation',
    BACKOFF_BASE_SECONDS: 'seconds; ceiling of the first wait; default 2',
    BACKOFF_CAP_SECONDS: 'seconds; no wait is longer; default 300, at most 900: SQS delays a message no longer',
  },
});
