import { activemq } from '../../../../functions/runtime/sources/activemq';
import { rabbitmq } from '../../../../functions/runtime/sources/rabbitmq';

const ARN = 'arn:aws:mq:us-west-2:111122223333:broker:test:b-9bcfa592';
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

/** Sources with an SQS that takes down what it is sent, or is out of reach. */
function sources({ reachable = true } = {}) {
  const sent: Record<string, unknown>[] = [];
  const sqs = {
    send: async ({ input }: { input: Record<string, unknown> }) => {
      if (!reachable) throw new Error('SQS is out of reach');
      sent.push(input);
    },
  };
  const tools = { sqs: sqs as never, queueUrl: 'main', maxReceiveCount: 3 };
  return { sent, active: activemq(tools), rabbit: rabbitmq(tools) };
}

const activeMqMessage = (orderId: string) => ({
  messageID: `ID:${orderId}`,
  messageType: 'jms/bytes-message',
  data: encoded({ orderId, customer: 'Zoë' }),
  destination: { physicalName: 'orders' },
  timestamp: 1598827811958,
});
const activeMqEvent = (...messages: unknown[]) => ({ eventSource: 'aws:mq', eventSourceArn: ARN, messages });
const read = (...messages: unknown[]) => sources().active.read(activeMqEvent(...messages))?.messages ?? [];

test("ActiveMQ's messages have their text, their bytes and the time they were sent", () => {
  const [message] = read(activeMqMessage('order-0001'));
  expect(message).toMatchObject({
    ...{ id: 'ID:order-0001', body: '{"orderId":"order-0001","customer":"Zoë"}', receiveCount: 1, source: ARN },
    sentAt: new Date(1598827811958),
  });
  expect(Buffer.from(message?.bytes ?? []).toString()).toBe(message?.body);
});

test("RabbitMQ's messages have an identity each, even without an id of their producer", () => {
  const event = {
    eventSource: 'aws:rmq',
    eventSourceArn: ARN,
    rmqMessagesByQueue: {
      'orders::/': [
        { basicProperties: { messageId: null }, data: encoded({ orderId: 'order-0002' }) },
        { basicProperties: { messageId: 'mine' }, data: encoded({ orderId: 'order-0003' }) },
      ],
    },
  };
  const found = sources().rabbit.read(event)?.messages ?? [];
  expect(found.map(({ id }) => id)).toEqual(['orders::/#0', 'mine']);
  expect(found.map(({ body }) => JSON.parse(body).orderId)).toEqual(['order-0002', 'order-0003']);
});

test.each([
  ['has no body', { messageID: 'ID:2' }],
  ['has no id', { data: encoded('x') }],
  ['has an id that is a number', { messageID: 7, data: encoded('x') }],
  ['is null', null],
  ['is a list', []],
])('a message that %s is one all the same, with all of it as its body, and its neighbours are read', (_, oddOne) => {
  const found = read(activeMqMessage('order-0001'), oddOne, activeMqMessage('order-0003'));
  expect(found.map(({ id }) => id)).toEqual(['ID:order-0001', 'message#1', 'ID:order-0003']);
  expect(JSON.parse(found[1]?.body ?? '')).toEqual(oddOne);
});

test('a message without a time was sent when it arrived', () => {
  const before = Date.now();
  const [message] = read({ messageID: 'ID:1', data: encoded('x') });
  expect(message?.sentAt.getTime()).toBeGreaterThanOrEqual(before);
});

test('an event of another service is no batch', () => {
  for (const source of [sources().active, sources().rabbit])
    expect(source.read({ Records: [{ eventSource: 'aws:sqs' }] })).toBeUndefined();
});

test('what comes back goes on to the main queue, with a delay, and the broker keeps none of the batch', async () => {
  const { active, sent } = sources();
  const batch = active.read(activeMqEvent(activeMqMessage('order-0001'), activeMqMessage('order-0002')));
  const [, second] = batch?.messages ?? [];
  await batch?.retry(second as never, 4.4);
  expect(sent).toMatchObject([{ QueueUrl: 'main', MessageBody: second?.body, DelaySeconds: 4 }]);
  expect(batch?.respond([second as never], [])).toBeUndefined();
});

test('only what can’t even be handed over brings the batch back', async () => {
  const { active } = sources({ reachable: false });
  const batch = active.read(activeMqEvent(activeMqMessage('order-0001'), activeMqMessage('order-0002')));
  const [first] = batch?.messages ?? [];
  await expect(batch?.retry(first as never, 1)).rejects.toThrow('SQS is out of reach');
  expect(() => batch?.respond([first as never], [first as never])).toThrow(
    '1 of 2 messages could be neither handled nor handed over',
  );
});

test('what is not JSON is handed over to nobody: as text some of it would be lost', async () => {
  const { active, sent } = sources();
  const batch = active.read(activeMqEvent({ messageID: 'ID:1', data: Buffer.from([0xff, 0]).toString('base64') }));
  await expect(batch?.retry(batch.messages[0] as never, 1)).rejects.toThrow('repair is out of reach');
  expect(sent).toEqual([]);
});
