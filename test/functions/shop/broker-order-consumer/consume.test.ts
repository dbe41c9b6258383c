import * as z from 'zod/mini';
import { consume, type Handling, NotHandedOverError } from '../../../../functions/shop/broker-order-consumer/consume';
import {
  type BrokerEvent,
  type BrokerMessage,
  brokerEvent,
  messagesOf,
} from '../../../../functions/shop/broker-order-consumer/messages';

const NOW = new Date('2026-11-24T00:00:00Z');
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const ARN = 'arn:aws:mq:us-west-2:111122223333:broker:test:b-9bcfa592';

const activeMqEvent = (...messages: unknown[]): BrokerEvent =>
  z.parse(brokerEvent, { eventSource: 'aws:mq', eventSourceArn: ARN, messages });
const activeMqMessage = (orderId: string) => ({
  messageID: `ID:${orderId}`,
  messageType: 'jms/bytes-message',
  deliveryMode: 1,
  data: encoded({ orderId, customer: 'Zoë' }),
  connectionId: 'myJMSCoID',
  redelivered: false,
  destination: { physicalName: 'orders' },
  timestamp: 1598827811958,
});

const rabbitMq: BrokerEvent = z.parse(brokerEvent, {
  eventSource: 'aws:rmq',
  eventSourceArn: ARN,
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
const recordsOf = (event: BrokerEvent) => messagesOf(event, NOW).map(({ record }) => record);

test("ActiveMQ's messages become records, with their text and the time they were sent", () => {
  expect(recordsOf(activeMqEvent(activeMqMessage('order-0001')))).toMatchObject([
    {
      messageId: 'ID:order-0001',
      body: '{"orderId":"order-0001","customer":"Zoë"}',
      attributes: { SentTimestamp: '1598827811958', ApproximateReceiveCount: '1' },
      awsRegion: 'us-west-2',
    },
  ]);
});

test("RabbitMQ's messages become records, each with an identity, even without an id of its producer", () => {
  const found = recordsOf(rabbitMq);
  expect(found.map(({ messageId }) => messageId)).toEqual(['orders::/#0', 'mine']);
  expect(found.map(({ body }) => JSON.parse(body).orderId)).toEqual(['order-0002', 'order-0003']);
});

test.each([
  ['has no body', { messageID: 'ID:2' }],
  ['has no id', { data: encoded('x') }],
  ['has an id that is a number', { messageID: 7, data: encoded('x') }],
  ['is null', null],
  ['is a list', []],
])('a message that %s is one all the same, with all of it as its body, and its neighbours are read', (_, oddOne) => {
  const found = recordsOf(activeMqEvent(activeMqMessage('order-0001'), oddOne, activeMqMessage('order-0003')));
  expect(found.map(({ messageId }) => messageId)).toEqual(['ID:order-0001', 'message#1', 'ID:order-0003']);
  expect(JSON.parse(found[1]?.body ?? '')).toEqual(oddOne);
});

test('a message without a time was sent when it arrived', () => {
  const [record] = recordsOf(activeMqEvent({ messageID: 'ID:1', data: encoded('x') }));
  expect(record?.attributes.SentTimestamp).toBe(String(NOW.getTime()));
});

test('an event of another service is refused', () => {
  expect(z.safeParse(brokerEvent, { eventSource: 'aws:sqs', Records: [] }).success).toBe(false);
});

describe('a batch', () => {
  const messages = messagesOf(activeMqEvent(...['order-0001', 'order-0002', 'order-0003'].map(activeMqMessage)), NOW);
  /** Handles all but those that the table is out of reach for, and hands over all but those that SQS is out of reach for. */
  function handling(table: readonly string[] = [], sqs: readonly string[] = []) {
    const seen = { done: [] as string[], failed: [] as string[], handedOver: [] as string[] };
    const id = ({ record }: BrokerMessage) => record.messageId.slice('ID:'.length);
    const how: Handling = {
      handle: async (message) => {
        if (table.includes(id(message))) throw new Error('the table is out of reach');
        return { kind: 'paid', detail: '' };
      },
      handOver: async (message) => {
        if (sqs.includes(id(message))) throw new Error('SQS is out of reach');
        seen.handedOver.push(id(message));
      },
      done: (message) => seen.done.push(id(message)),
      failed: (message) => seen.failed.push(id(message)),
    };
    return { seen, how };
  }

  test('a failure of our own side costs its message alone, which goes on to the tiers: the broker keeps none of the batch', async () => {
    const { seen, how } = handling(['order-0002']);
    await expect(consume(messages, how)).resolves.toBeUndefined();
    expect(seen).toEqual({
      done: ['order-0001', 'order-0003'],
      failed: ['order-0002'],
      handedOver: ['order-0002'],
    });
  });

  test('only when a message can not even be handed over does the batch come back, and the others have been tried', async () => {
    const { seen, how } = handling(['order-0001', 'order-0002'], ['order-0001']);
    const failure = await consume(messages, how).catch((error) => error);
    expect(failure).toBeInstanceOf(NotHandedOverError);
    expect(failure.message).toBe('1 of 3 messages could be neither handled nor handed over');
    expect(seen.done).toEqual(['order-0003']);
    expect(seen.handedOver).toEqual(['order-0002']);
  });
});
