import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { readEnvironment } from '../../contract';
import { askCanary, charge } from '../../domain/payment';
import { type CanaryAnswer, probe } from './contract';

const { PAYMENT_URL, CANARY_TIMEOUT_MS } = readEnvironment(probe);
const timeoutMs = Number(CANARY_TIMEOUT_MS ?? 5000);
const logger = new Logger();

/** The payment system's canary: one order of $0. The recovery asks several times, with time in between. */
export const handler = async (): Promise<CanaryAnswer> => {
  const { green, detail } = await askCanary((call) => charge(PAYMENT_URL, call, timeoutMs), 1, randomUUID);
  logger.info(green ? 'canary green' : 'canary red', { detail });
  return { green, detail };
};
