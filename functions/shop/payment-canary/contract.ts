import { defineCanary } from '../../runtime/contract';

export const paymentCanary = defineCanary({
  name: 'payment-canary',
  environment: { PAYMENT_URL: 'base address of the payment system; the call goes to <address>/payments' },
  optionalEnvironment: {
    PAYMENT_SECRET_ARN:
      'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
    LEDGER_TABLE:
      'name of the table of the ledger, which is asked first: nothing is released into a failure of our own; default: it is not asked',
  },
});
