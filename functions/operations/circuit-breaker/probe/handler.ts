import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { CanaryAnswer } from '../../../runtime/canary';
import { readEnvironment } from '../../../runtime/contract';
import { refuseRequest } from '../../../runtime/request';
import { askCanary, charge, type PaymentCall } from '../../../shop/domain/payment';
import { paymentAuthorization } from '../../../shop/payment-client';
import { probe } from './contract';

const { PAYMENT_URL, CANARY_TIMEOUT_MS, PAYMENT_SECRET_ARN } = readEnvironment(probe);
const timeoutMs = Number(CANARY_TIMEOUT_MS ?? 5000);
const authorization = paymentAuthorization(PAYMENT_SECRET_ARN);
const logger = new Logger();

/** The payment system's canary: one order of $0. The recovery asks several times, with time in between. */
export const handler = async (event?: unknown): Promise<CanaryAnswer> => {
  refuseRequest(event, 'the canary');
  const header = await authorization();
  const ask = (call: PaymentCall) => charge(PAYMENT_URL, call, timeoutMs, header);
  const { green, detail } = await askCanary(ask, 1, randomUUID);
  logger.info(green ? 'canary green' : 'canary red', { detail });
  return { green, detail };
};
