import { defineContract } from '../../../runtime/contract';

export const probe = defineContract({
  name: 'circuit-breaker/probe',
  environment: { PAYMENT_URL: 'base address of the payment system that the canary asks' },
  optionalEnvironment: {
    CANARY_TIMEOUT_MS: 'milliseconds until a canary counts as failed; default 5000',
    PAYMENT_SECRET_ARN:
      'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
  },
});
