import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { readEnvironment } from '../contract';
import { askCanary, charge, type PaymentCall } from '../domain/payment';
import { paymentAuthorization } from '../payment-client';
import { type RedriveReport, redrive, redriveRequest } from './contract';
import { moveTasks } from './move-tasks';
import { type RedriveSurroundings, reconcile } from './reconcile';

const environment = readEnvironment(redrive);
const canaries = Number(environment.CANARIES ?? 3);
const canaryTimeoutMs = Number(environment.CANARY_TIMEOUT_MS ?? 5000);
const watchIntervalMs = Number(environment.WATCH_INTERVAL_SECONDS ?? 5) * 1000;

const authorization = paymentAuthorization(environment.PAYMENT_SECRET_ARN);

const logger = new Logger();
const surroundings: RedriveSurroundings = {
  ...moveTasks(new SQSClient({}), environment.PARKED_QUEUE_ARN, environment.PARKED_QUEUE_URL),
  canary: async () => {
    const header = await authorization();
    const ask = (call: PaymentCall) => charge(environment.PAYMENT_URL, call, canaryTimeoutMs, header);
    return askCanary(ask, canaries, randomUUID);
  },
};

/** Releases parked messages while the canary is green. Run by schedule (`watch`) and by hand. */
export const handler = async (event: unknown, context: Context): Promise<RedriveReport> => {
  const request = redriveRequest.safeParse(event ?? {});
  if (!request.success) {
    const problem = request.error.issues
      .map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`)
      .join('; ');
    throw new Error(`${problem}. Allowed: {"dryRun": boolean, "rate": 1 to 500, "watch": boolean}`);
  }
  const { dryRun = false, rate = Number(environment.RATE ?? 1), watch = false } = request.data;
  for (;;) {
    const report = await reconcile({ rate, dryRun }, surroundings);
    logger.info(report.action, { ...report });
    const moving = report.action === 'start' || report.action === 'continue';
    const timeForAnother = context.getRemainingTimeInMillis() > watchIntervalMs + (canaries + 1) * canaryTimeoutMs;
    if (!watch || dryRun || !moving || !timeForAnother) return report;
    await wait(watchIntervalMs);
  }
};
