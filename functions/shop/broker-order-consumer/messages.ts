import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';

/**
 * What Lambda hands over of ActiveMQ, and of RabbitMQ by queue and virtual host. Messages are read one by one: an odd one must not fail the batch that it is in.
 * Source: Lambda guide, "Using Lambda with Amazon MQ".
 */
export const brokerEvent = z.discriminatedUnion('eventSource', [
  z.looseObject({
    eventSource: z.literal('aws:mq'),
    eventSourceArn: z.string(),
    messages: z.array(z.unknown()),
  }),
  z.looseObject({
    eventSource: z.literal('aws:rmq'),
    eventSourceArn: z.string(),
    rmqMessagesByQueue: z.record(z.string(), z.array(z.unknown())),
  }),
]);
export type BrokerEvent = z.infer<typeof brokerEvent>;

const activeMqMessage = z.looseObject({ messageID: z.string(), data: z.string(), timestamp: z.optional(z.number()) });

/** A producer need not have set an id; the time that RabbitMQ has is in whole seconds and the producer's as well. */
const rabbitMqMessage = z.looseObject({
  data: z.string(),
  basicProperties: z.nullish(z.looseObject({ messageId: z.nullish(z.string()) })),
});

/** A message as everything that handles an order takes it, and the bytes that it had: not every body is text. */
export interface BrokerMessage {
  readonly record: SQSRecord;
  readonly bytes: Buffer;
}

/**
 * A broker's messages as records of SQS. The receive count is always the first: retries are not the broker's here but the tiers', which count for themselves. What
 * can't be read as a message is one all the same, with whatever came as its body, so that repair gets it.
 */
export function messagesOf(event: BrokerEvent, now: Date): BrokerMessage[] {
  const message = (messageId: string, bytes: Buffer, sent = now.getTime()): BrokerMessage => ({
    bytes,
    record: {
      messageId,
      receiptHandle: '',
      body: bytes.toString('utf8'),
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
    },
  });
  const decoded = (data: string) => Buffer.from(data, 'base64');
  const odd = (place: string, value: unknown) => message(place, Buffer.from(JSON.stringify(value) ?? 'undefined'));
  if (event.eventSource === 'aws:mq') {
    return event.messages.map((value, index) => {
      const read = z.safeParse(activeMqMessage, value);
      if (!read.success) return odd(`message#${index}`, value);
      return message(read.data.messageID, decoded(read.data.data), read.data.timestamp);
    });
  }
  return Object.entries(event.rmqMessagesByQueue).flatMap(([queue, messages]) =>
    messages.map((value, index) => {
      const place = `${queue}#${index}`;
      const read = z.safeParse(rabbitMqMessage, value);
      if (!read.success) return odd(place, value);
      return message(read.data.basicProperties?.messageId ?? place, decoded(read.data.data));
    }),
  );
}
