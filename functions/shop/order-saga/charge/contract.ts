import { defineContract } from '../../../runtime/contract';

export const charge = defineContract({
  name: 'order-saga/charge',
  environment: { PAYMENT_URL: 'base address of the payment system; the call goes to <address>/payments' },
  optionalEnvironment: {
    PAYMENT_SECRET_ARN:
      'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
    PAYMENT_TIMEOUT_MS: "milliseconds until a call is given up, less than the function's time-out; default 5000",
  },
});

/** Errors by which it says that nothing was charged and nothing will be: the payment system answers a key always the same. */
export const chargeFinalErrors = ['PaymentDeclined', 'PaymentRejected'] as const;
