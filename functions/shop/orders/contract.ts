import { knownFields, order, orderContent } from '../domain/order';

/** The orders' part of a consumer's contract. Whatever takes orders shares what is known of them, so that an order is a duplicate wherever it comes in again. */
export const orderMessage = {
  message: order,
  id: 'orderId',
  envelope: knownFields,
  fingerprint: orderContent,
  scope: 'orders',
} as const;

/** What a consumer needs that takes payment for them. */
export const paymentEnvironment = {
  environment: { PAYMENT_URL: 'base address of the payment system; the call goes to <address>/payments' },
  optionalEnvironment: {
    PAYMENT_SECRET_ARN:
      'ARN of the secret that the payment system asks for, sent as a bearer token; default: none is sent',
  },
};
