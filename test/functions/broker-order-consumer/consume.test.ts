import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { consume, NotHandedOverError } from '../../../functions/broker-order-consumer/consume';
import { type BrokerEvent, brokerEvent, records } from '../../../functions/broker-order-consumer/messages';

const NOW = new Date('2026-11-24T00:00:00Z');
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

const activeMq: BrokerEvent = z.parse(brokerEvent, {
  eventSource: 'aws:mq',
  eventSourceArn: 'arn:aws:mq:us-west-2:111122223333:broker:test:b-9bcfa592',
  messages: [
    {
      messageID: 'ID:b-9bcfa592-1:1:1:1',
      messageType: 'jms/bytes-message',
      deliveryMode: 1,
      data: encoded({ orderId: 'order-0001', customer: 'Zoë' }),
      connectionId: 'myJMSCoID',
      redelivered: false,
      destination: { physicalName: 'orders' },
      timestamp: 1598827811958,
    },
  ],
});

const rabbitMq: BrokerEvent = z.parse(brokerEvent, {
  eventSource: 'aws:rmq',
  eventSourceArn: 'arn:aws:mq:us-west-2:111122223333:broker:pizza:b-9bcfa592',
  rmqMessagesByQueue: {
    'orders::/': [
      {
        basicProperties: { messageId: null, headers: {} },
        redelivered: false,
        data: encoded({ orderId: 'order-0002' }),
      },
      { basicProperties: { messageId: 'mine' }, redelivered: true, data: encoded({ orderId: 'order-0003' }) },
    ],
  },
});

test("ActiveMQ's messages become records, with their text and the time they were sent", () => {
  expect(records(activeMq, NOW)).toMatchObject([
    {
      messageId: 'ID:b-9bcfa592-1:1:1:1',
      body: '{"orderId":"order-0001","customer":"Zoë"}',
      attributes: { SentTimestamp: '1598827811958', ApproximateReceiveCount: '1' },
      awsRegion: 'us-west-2',
    },
  ]);
});

test("RabbitMQ's messages become records, each with an identity, even without an id of its producer", () => {
  const found = records(rabbitMq, NOW);
  expect(found.map(({ messageId }) => messageId)).toEqual(['orders::/#0', 'mine']);
  expect(found.map(({ body }) => JSON.parse(body).orderId)).toEqual(['order-0002', 'order-0003']);
});

test('an event of another service is refused', () => {
  expect(z.safeParse(brokerEvent, { eventSource: 'aws:sqs', Records: [] }).success).toBe(false);
});

test('every message of a batch is tried, and one that could not be handed over brings the batch back', async () => {
  const tried: string[] = [];
  const handle = async ({ messageId }: SQSRecord) => {
    tried.push(messageId);
    if (messageId === 'mine') throw new Error('SQS is out of reach');
  };
  const failure = await consume(rabbitMq, NOW, handle).catch((error) => error);
  expect(failure).toBeInstanceOf(NotHandedOverError);
  expect(failure.message).toBe('1 of 2 messages could be neither handled nor handed over');
  expect(tried.sort()).toEqual(['mine', 'orders::/#0']);
  await expect(consume(activeMq, NOW, async () => {})).resolves.toBeUndefined();
});
