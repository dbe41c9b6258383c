import { defineContract } from '../../../runtime/contract';

export const refund = defineContract({
  name: 'order-saga/refund',
  environment: { PAYMENT_URL: 'base address of the payment system; the call goes to <address>/refunds' },
  optionalEnvironment: {
    PAYMENT_SECRET_ARN:
      'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
    PAYMENT_TIMEOUT_MS: "milliseconds until a call is given up, less than the function's time-out; default 5000",
  },
});
