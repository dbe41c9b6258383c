import { defineContract } from '../../contract';

export const probe = defineContract({
  name: 'circuit-breaker/probe',
  environment: { PAYMENT_URL: 'base address of the payment system that the canary asks' },
  optionalEnvironment: { CANARY_TIMEOUT_MS: 'milliseconds until a canary counts as failed; default 5000' },
});

/** What any dependency's canary function answers. */
export interface CanaryAnswer {
  readonly green: boolean;
  /** A sentence that says what came of it. */
  readonly detail: string;
}
