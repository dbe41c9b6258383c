import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';

/** What Lambda hands over of ActiveMQ. Source: Lambda guide, "Using Lambda with Amazon MQ". */
const activeMq = z.looseObject({
  eventSource: z.literal('aws:mq'),
  eventSourceArn: z.string(),
  messages: z.array(
    z.looseObject({
      messageID: z.string(),
      data: z.string(),
      timestamp: z.number(),
      redelivered: z.optional(z.boolean()),
    }),
  ),
});

/** The same of RabbitMQ: by queue and virtual host; a producer need not have set an id or a time. */
const rabbitMq = z.looseObject({
  eventSource: z.literal('aws:rmq'),
  eventSourceArn: z.string(),
  rmqMessagesByQueue: z.record(
    z.string(),
    z.array(
      z.looseObject({
        data: z.string(),
        basicProperties: z.looseObject({ messageId: z.nullish(z.string()) }),
      }),
    ),
  ),
});

export const brokerEvent = z.discriminatedUnion('eventSource', [activeMq, rabbitMq]);
export type BrokerEvent = z.infer<typeof brokerEvent>;

const decoded = (data: string) => Buffer.from(data, 'base64').toString('utf8');

/**
 * A broker's messages as records of SQS, which everything that handles an order takes. The receive count is always the first: retries are not the
 * broker's here but the tiers', which count for themselves.
 */
export function records(event: BrokerEvent, now: Date): SQSRecord[] {
  const record = (messageId: string, data: string, sent: number): SQSRecord => ({
    messageId,
    receiptHandle: '',
    body: decoded(data),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(sent),
      SenderId: event.eventSource,
      ApproximateFirstReceiveTimestamp: String(now.getTime()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: event.eventSource,
    eventSourceARN: event.eventSourceArn,
    awsRegion: event.eventSourceArn.split(':')[3] ?? '',
  });
  if (event.eventSource === 'aws:mq') {
    return event.messages.map(({ messageID, data, timestamp }) => record(messageID, data, timestamp));
  }
  return Object.entries(event.rmqMessagesByQueue).flatMap(([queue, messages]) =>
    messages.map(({ data, basicProperties }, index) =>
      // RabbitMQ's own timestamp has whole seconds and is the producer's to set: the order carries its time itself.
      record(basicProperties.messageId ?? `${queue}#${index}`, data, now.getTime()),
    ),
  );
}
