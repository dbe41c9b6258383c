import { protection } from '../../runtime/breaker/contract';
import { defineContract } from '../../runtime/contract';
import { optionalOrderEnvironment, orderEnvironment } from '../order-consumer/contract';

export const brokerOrderConsumer = defineContract({
  name: 'broker-order-consumer',
  environment: {
    QUEUE_URL: 'URL of the SQS queue that orders are handed over to which could not be paid now',
    ...orderEnvironment,
  },
  optionalEnvironment: {
    ...optionalOrderEnvironment,
    ...protection,
    BACKOFF_CAP_SECONDS: 'seconds; no wait is longer; default 300, at most 900: SQS delays a message no longer',
  },
});
