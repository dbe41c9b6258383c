import fc from 'fast-check';
import * as z from 'zod/mini';
import { type BrokerMessage, brokerEvent, messagesOf } from '../../../../functions/shop/broker-order-consumer/messages';
import { escaped, pieces } from '../../../../functions/shop/broker-order-consumer/pieces';
import { FORBIDDEN, repairMessage } from '../../../../functions/shop/order-consumer/repair';

/** 1 MiB with the attributes. Source: SQS API, SendMessage. */
const MAXIMUM_MESSAGE_BYTES = 1_048_576;
const NOTE = {
  reason: 'malformed',
  detail: 'é'.repeat(600),
  path: 'x'.repeat(600),
  firstSeen: 'x',
  orderId: 'x',
} as const;

function message(bytes: Buffer): BrokerMessage {
  const event = z.parse(brokerEvent, {
    eventSource: 'aws:mq',
    eventSourceArn: 'arn:aws:mq:eu-west-1:1:broker:x:b-1',
    messages: [{ messageID: 'ID:1', data: bytes.toString('base64'), timestamp: 0 }],
  });
  return messagesOf(event, new Date(0))[0] as BrokerMessage;
}

/** What SQS would say, of body, attributes and size. */
function refused({ MessageBody, MessageAttributes }: ReturnType<typeof repairMessage>): string | undefined {
  const attributes = Object.entries(MessageAttributes);
  const size = attributes.reduce(
    (sum, [name, { DataType = '', StringValue = '' }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(MessageBody),
  );
  if (MessageBody.length === 0) return 'no body';
  if (attributes.length > 10) return 'more than 10 attributes';
  if (size > MAXIMUM_MESSAGE_BYTES) return `${size} bytes`;
  return MessageBody.search(FORBIDDEN) < 0 ? undefined : 'a character that is not allowed';
}

/** The message as a person puts it together again: docs/runbooks/broker-dead-letters.md. */
function joined(sent: readonly ReturnType<typeof repairMessage>[]): Buffer {
  const [first] = sent;
  const encoding = first?.MessageAttributes['Spillway.Encoding']?.StringValue;
  if (encoding === 'empty') return Buffer.alloc(0);
  const text = sent.map(({ MessageBody }) => MessageBody).join('');
  return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
}

const toRepair = (bytes: Buffer) => pieces(message(bytes)).map((piece) => repairMessage(piece, NOTE));

test('SQS takes whatever a broker had, and not a byte of it is lost', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .constantFrom('', '\0', '{"orderId":"a\0b"}', '\uFFFF', 'plain text', '\uFEFFwith a mark')
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, (body) => {
      const sent = toRepair(body);
      for (const one of sent) expect(refused(one)).toBeUndefined();
      expect(joined(sent).equals(body)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each([774_143, 774_144, 774_145, 1_032_192, 1_032_193, 1_048_576, 4_500_000])(
  '%i bytes, as text and as anything else, fit in as many pieces as they take',
  (size) => {
    for (const body of [Buffer.alloc(size, 'x'), Buffer.alloc(size, 0xff)]) {
      const sent = toRepair(body);
      for (const one of sent) expect(refused(one)).toBeUndefined();
      expect(joined(sent).equals(body)).toBe(true);
      const numbers = sent.map(({ MessageAttributes }) => MessageAttributes['Spillway.Piece']?.StringValue);
      expect(numbers).toEqual(
        sent.length === 1 ? [undefined] : sent.map((_, index) => `${index + 1} of ${sent.length}`),
      );
    }
  },
);

test('text that SQS takes is sent as it is, for a person to read', () => {
  const [sent] = toRepair(Buffer.from('{"customer":"Zoë ☕"}'));
  expect(sent?.MessageBody).toBe('{"customer":"Zoë ☕"}');
  expect(sent?.MessageAttributes).not.toHaveProperty('Spillway.Encoding');
});

test('an order whose text has a character that SQS refuses says the same with an escape', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (customer) => {
      const text = escaped(JSON.stringify({ customer }));
      expect(text.search(FORBIDDEN)).toBe(-1);
      expect(JSON.parse(text)).toEqual({ customer });
    }),
  );
});
