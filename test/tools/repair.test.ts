import type { Message } from '@aws-sdk/client-sqs';
import { mended, parseArguments, say } from '../../tools/repair/messages';
import { anOrder } from '../functions/orders';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const message: Message = {
  MessageId: 'message-1',
  Body: '{"orderId":"order-1","quantity":"many"}',
  MessageAttributes: {
    origin: text('till 4'),
    'Spillway.Reason': text('malformed'),
    'Spillway.Detail': text('a number is needed'),
    'Spillway.Path': text('quantity'),
    'Spillway.OrderId': text('order-1'),
    'Spillway.FirstSeen': text('2026-01-31T12:00:00.000Z'),
  },
};

test('a message is told in the words that a person mends it by', () => {
  expect(say(message)).toBe(
    `message-1  order order-1  malformed
  quantity: a number is needed
  first seen 2026-01-31T12:00:00.000Z
  "{\\"orderId\\":\\"order-1\\",\\"quantity\\":\\"many\\"}"`,
  );
});

test('a message without a note, or with control characters, or endless, is told all the same', () => {
  const told = say({ MessageId: 'message-2', Body: `\u001b[31m${'x'.repeat(100_000)}` });
  expect(told).toContain('order unknown  no reason given');
  expect(told).not.toContain('\u001b');
  expect(told).toContain('(100005 characters)');
  expect(told.length).toBeLessThan(700);
});

test('sent again are the mended body and what the sender wrote on it, without the note', () => {
  const body = JSON.stringify(anOrder());
  expect(mended(message, body)).toEqual({ MessageBody: body, MessageAttributes: { origin: text('till 4') } });
});

test('in a FIFO queue it keeps its group, and no earlier message can swallow it as a duplicate', () => {
  const again = () => mended({ ...message, Attributes: { MessageGroupId: 'till-4' } }, JSON.stringify(anOrder()));
  expect(again()).toMatchObject({ MessageGroupId: 'till-4', MessageDeduplicationId: expect.any(String) });
  expect(again().MessageDeduplicationId).not.toBe(again().MessageDeduplicationId);
});

test('what is malformed still is not sent', () => {
  expect(() => mended(message, message.Body ?? '')).toThrow('still malformed');
  expect(() => mended(message, 'no JSON')).toThrow('still malformed');
});

describe('arguments', () => {
  test('show, send again, take out', () => {
    const queue = 'https://repair';
    expect(parseArguments(['--queue', queue])).toEqual({ queue, action: 'show' });
    expect(parseArguments(['--queue', queue, '--message', 'm', '--to', 'https://main'])).toEqual({
      ...{ queue, action: 'send', message: 'm', to: 'https://main', body: undefined },
    });
    expect(parseArguments(['--queue', queue, '--message', 'm', '--take', 'm.json'])).toEqual({
      ...{ queue, action: 'take', message: 'm', file: 'm.json' },
    });
  });

  test.each([
    [[], '--queue is missing'],
    [['--queue', 'q', '--to', 'x'], '--message is missing'],
    [['--queue', 'q', '--message', 'm'], 'either --to or --take'],
    [['--queue', 'q', '--message', 'm', '--to', 'a', '--take', 'b'], 'either --to or --take'],
    [['--queue', 'q', '--message', 'm', '--to', 'q'], 'the repair queue itself'],
    [['--queue', 'q', '--message', 'm', '--take', 'f', '--body', 'b'], '--body goes with --to'],
    [['--que', 'q'], "Unknown option '--que'"],
  ])('%j: the usage, and what is wrong', (given, wrong) => {
    const { usage } = parseArguments(given) as { usage: string };
    expect(usage).toContain(wrong);
    expect(usage).toContain('npm run repair');
  });
});
