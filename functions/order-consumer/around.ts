import { randomUUID } from 'node:crypto';
import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { askCanary, charge, type PaymentCall } from '../domain/payment';
import type { Handled, Surroundings } from './process-order';
import { repairMessage } from './repair';

/** What every consumer of orders has around it, whichever queue feeds it. */
export function around(
  sqs: SQSClient,
  environment: { readonly PAYMENT_URL: string; readonly REPAIR_QUEUE_URL: string },
  authorization: () => Promise<string | undefined>,
  /** Milliseconds that a payment call may take now. */
  timeLeft: () => number,
): Pick<Surroundings, 'canaryIsGreen' | 'sendToRepair' | 'now' | 'random'> {
  return {
    canaryIsGreen: async () => {
      const header = await authorization();
      const ask = (call: PaymentCall) => charge(environment.PAYMENT_URL, call, timeLeft(), header);
      return (await askCanary(ask, 1, randomUUID)).green;
    },
    sendToRepair: async (record, note) => {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: environment.REPAIR_QUEUE_URL, ...repairMessage(record, note) }),
      );
    },
    now: () => new Date(),
    random: Math.random,
  };
}

/** A metric and a line of the log for each message that was handled. @param started milliseconds since 1970 */
export function report(
  { kind, orderId, detail }: Handled,
  messageId: string,
  started: number,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): void {
  metrics.addMetric(`Orders${kind.charAt(0).toUpperCase()}${kind.slice(1)}`, MetricUnit.Count, 1);
  if (kind === 'retry') metrics.addMetric('WastedSeconds', MetricUnit.Seconds, (Date.now() - started) / 1000);
  logger[kind === 'retry' || kind === 'repair' ? 'warn' : 'info'](kind, { orderId, messageId, detail });
}
