import { resend } from '../../../functions/runtime/resend';
import { ShopInMemory } from '../shop/order-consumer/shop-in-memory';

const record = {
  ...new ShopInMemory().record({ body: 'anything at all', receives: 2 }),
  messageAttributes: {
    till: { dataType: 'Number' as const, stringValue: '4' },
    stamp: { dataType: 'Binary' as const, binaryValue: Buffer.from([0, 255]).toString('base64') },
  },
};
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

test('it is the same message: body, and attributes of every type', () => {
  expect(resend(record)).toEqual({
    MessageBody: 'anything at all',
    MessageAttributes: {
      till: { DataType: 'Number', StringValue: '4' },
      stamp: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    },
  });
});

test('what is added stands first: it is never pushed out, nor written over, by what the sender set', () => {
  const added = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`note-${index}`, text('ours')]));
  const { MessageAttributes } = resend(record, { ...added, till: text('ours') });
  expect(Object.keys(MessageAttributes)).toHaveLength(10);
  expect(MessageAttributes.till).toEqual(text('ours'));
});

test('in a FIFO queue it stays in its group, and a repeated hand-over is dropped there; a standard queue takes the group and no deduplication id', () => {
  const attributes = { ...record.attributes, MessageGroupId: 'table-4' };
  const fifo = resend({ ...record, attributes, eventSourceARN: `${record.eventSourceARN}.fifo` });
  expect(fifo).toMatchObject({ MessageGroupId: 'table-4', MessageDeduplicationId: record.messageId });
  const fair = resend({ ...record, attributes });
  expect(fair).toMatchObject({ MessageGroupId: 'table-4' });
  expect(fair).not.toHaveProperty('MessageDeduplicationId');
});
