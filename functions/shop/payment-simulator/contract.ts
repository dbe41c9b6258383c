import { defineContract } from '../../runtime/contract';

export const paymentSimulator = defineContract({
  name: 'payment-simulator',
  environment: {
    LEDGER_TABLE: 'name of the table that keeps charges, refunds and the fault',
    SECRET_ARN: 'ARN of the secret that callers have to send as a bearer token',
  },
});
