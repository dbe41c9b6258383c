import fc from 'fast-check';
import { repairMessage } from '../../../../functions/shop/order-consumer/repair';
import { ShopInMemory } from './shop-in-memory';

const record = new ShopInMemory().record({ body: '{"orderId":"order-0001"}', receives: 1 });
const note = {
  reason: 'malformed',
  detail: 'size is "bucket"',
  path: 'items.0.size',
  orderId: 'order-0001',
  firstSeen: '2026-01-01T12:00:00.000Z',
} as const;

test('the body is untouched and the note travels as attributes', () => {
  const message = repairMessage(record, note);
  expect(message.MessageBody).toBe(record.body);
  expect(Object.entries(message.MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])).toEqual([
    ['Spillway.Reason', 'malformed'],
    ['Spillway.Detail', 'size is "bucket"'],
    ['Spillway.FirstSeen', '2026-01-01T12:00:00.000Z'],
    ['Spillway.SourceMessageId', 'message-1'],
    ['Spillway.Path', 'items.0.size'],
    ['Spillway.OrderId', 'order-0001'],
  ]);
});

test('however many attributes the sender set and however long the reason is, SQS takes the message', () => {
  const sent = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,20}$/),
    fc.record({ dataType: fc.constant('String' as const), stringValue: fc.string({ minLength: 1 }) }),
    { maxKeys: 10 },
  );
  fc.assert(
    fc.property(sent, fc.string({ maxLength: 5000, unit: 'binary' }), (messageAttributes, detail) => {
      const { MessageAttributes } = repairMessage({ ...record, messageAttributes }, { ...note, detail });
      expect(Object.keys(MessageAttributes).length).toBeLessThanOrEqual(10);
      expect(MessageAttributes['Spillway.Reason']?.StringValue).toBe('malformed');
      const said = MessageAttributes['Spillway.Detail']?.StringValue ?? '';
      expect(said.length).toBeGreaterThan(0);
      expect(said.length).toBeLessThanOrEqual(500);
      // SQS refuses a message with any other character in an attribute, which would strand it.
      expect(said).toMatch(/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u);
    }),
  );
});

test('in a FIFO tier it stays in its group, and handing it over twice delivers it once', () => {
  const attributes = { ...record.attributes, MessageGroupId: 'table-4' };
  const fifo = { ...record, attributes, eventSourceARN: `${record.eventSourceARN}.fifo` };
  expect(repairMessage(fifo, note)).toMatchObject({ MessageGroupId: 'table-4', MessageDeduplicationId: 'message-1' });
});
