import { defineContract } from '../../runtime/contract';

export const unprotectedConsumer = defineContract({
  name: 'unprotected-consumer',
  environment: {
    ORDERS_TABLE: 'name of the orders table',
    PAYMENT_URL: 'base address of the payment system; the call goes to <address>/payments',
  },
});
