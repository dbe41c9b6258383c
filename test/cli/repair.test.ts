import type { Message } from '@aws-sdk/client-sqs';
import { UsageError } from '../../cli/night/command';
import { HeldMessages } from '../../cli/night/held-messages';
import { formatFor } from '../../cli/repair/format';
import { mended, say } from '../../cli/repair/messages';
import { planSend } from '../../cli/repair/plan';
import { parseRequest as parse } from '../../cli/repair/request';
import { sendAllAgain } from '../../cli/repair/send-all';
import { refuseWrongTiers } from '../../cli/repair/tiers';
import { REPAIR_REASONS } from '../../functions/runtime/decide';
import { NOTE } from '../../functions/runtime/note';
import { orderConsumer } from '../../functions/shop/order-consumer/contract';
import { anOrder } from '../functions/shop/orders';
import { MemorySqs } from './memory-sqs';

/** One that is known by itself is taken for the consumer of whatever says none. */
const contracts = new Map([[orderConsumer.name, orderConsumer]]);

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const message: Message = {
  MessageId: 'message-1',
  Body: '{"orderId":"order-1","quantity":"many"}',
  MessageAttributes: {
    origin: text('till 4'),
    [NOTE]: text(
      JSON.stringify({
        ...{ reason: 'malformed', detail: 'a number is needed', path: 'quantity', id: 'order-1' },
        sentAt: '2026-01-31T12:00:00.000Z',
      }),
    ),
  },
};

test('a message is told in the words that a person mends it by', () => {
  expect(say(message)).toBe(
    `message-1  order-1  malformed
  quantity: a number is needed
  sent 2026-01-31T12:00:00.000Z
  "{\\"orderId\\":\\"order-1\\",\\"quantity\\":\\"many\\"}"`,
  );
});

test('a message without a note, or with control characters, or endless, is told all the same', () => {
  const told = say({ MessageId: 'message-2', Body: `\u001b[31m${'x'.repeat(100_000)}` });
  expect(told).toContain('id unknown  no reason given');
  expect(told).not.toContain('\u001b');
  expect(told).toContain('(100005 characters)');
  expect(told.length).toBeLessThan(700);
});

test('sent again are the mended body and what the sender wrote on it, marked as sent again, without the note', () => {
  const body = JSON.stringify(anOrder());
  const { MessageBody, MessageAttributes } = mended(message, body);
  expect(MessageBody).toBe(body);
  expect(MessageAttributes).toEqual({ origin: text('till 4'), [NOTE]: text(expect.stringMatching(/^{"sentAgain":/)) });
});

test('in a FIFO queue it keeps its group, and no earlier message can swallow it as a duplicate', () => {
  const again = () => mended({ ...message, Attributes: { MessageGroupId: 'till-4' } }, JSON.stringify(anOrder()));
  expect(again()).toMatchObject({ MessageGroupId: 'till-4', MessageDeduplicationId: expect.any(String) });
  expect(again().MessageDeduplicationId).not.toBe(again().MessageDeduplicationId);
});

describe('a body that takes a message’s place', () => {
  const lying: Message = { MessageId: 'message-3', Body: JSON.stringify({ ...anOrder(), amount: -1 }) };
  const other = JSON.stringify(anOrder({ orderId: 'order-of-another' }));
  const plan = (body?: string, newId = false, of = lying) => planSend(of, body, newId, formatFor(of, contracts));

  test('is shown by what it changes', async () => {
    expect(await plan(JSON.stringify(anOrder()))).toMatchObject({ changes: [`amount: -1 → ${anOrder().amount}`] });
    expect((await plan(JSON.stringify(anOrder()))).refused).toBeUndefined();
  });

  test('is refused when it is another order', async () => {
    expect((await plan(other)).refused).toContain(
      `the file is order-of-another, but the message is ${anOrder().orderId}`,
    );
    expect((await plan(other)).refused).toContain('--new-id');
    expect((await plan(other, true)).refused).toBeUndefined();
  });

  test('is refused when nothing says which order the message was', async () => {
    expect((await plan(other, false, { Body: '{"orderId":' })).refused).toContain('no id that can be read');
    expect((await plan(other, true, { Body: '{"orderId":' })).refused).toBeUndefined();
  });

  test('is known by the note where the message itself can’t be read', async () => {
    const noted = { Body: '{', MessageAttributes: { [NOTE]: text('{"reason":"malformed","id":"order-of-another"}') } };
    expect((await plan(other, false, noted)).refused).toBeUndefined();
  });

  test('is refused when it is malformed still', async () => {
    expect((await plan()).refused).toContain('still malformed');
    expect((await plan('no JSON', true)).refused).toContain('still malformed');
  });
});

describe('of a consumer whose contract is not known', () => {
  const note = { [NOTE]: text('{"reason":"malformed","id":"i-1","consumer":"invoices"}') };
  const lying: Message = { MessageId: 'message-4', Body: '{"invoiceNumber":"i-1"}', MessageAttributes: note };
  const plan = (body?: string, newId = false) => planSend(lying, body, newId, formatFor(lying, contracts));

  test('a message is sent as it is, unchecked', async () => {
    expect((await plan()).refused).toBeUndefined();
  });

  test('another body is refused, unless it is meant', async () => {
    expect((await plan('{"invoiceNumber":"i-2"}')).refused).toContain('no contract of invoices is known');
    expect((await plan('{"invoiceNumber":"i-2"}', true)).refused).toBeUndefined();
  });
});

describe('the tier that a queue is', () => {
  const main = { RedrivePolicy: '{"deadLetterTargetArn":"arn","maxReceiveCount":3}' };
  const parked = { RedriveAllowPolicy: '{"redrivePermission":"byQueue"}' };
  const repair = { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' };
  const refuse = (action: string, source: object, destination?: object) => () =>
    refuseWrongTiers({ action, queue: 'q', ...(destination && { to: 'to' }) }, source, destination);

  test('main is not even looked at: each look is a receive', () => {
    for (const action of ['show', 'save', 'send', 'send-all']) expect(refuse(action, main)).toThrow(UsageError);
  });

  test('parked is never sent past the canary, nor is what may be parked', () => {
    expect(refuse('send-all', parked, main)).toThrow('past the canary');
    expect(refuse('send-all', {}, main)).toThrow('not known as a repair queue');
    expect(refuse('show', parked)).not.toThrow();
  });

  test('repair goes to main and nowhere else', () => {
    expect(refuse('send-all', repair, main)).not.toThrow();
    expect(refuse('send', repair, parked)).toThrow('--to to is not a main queue');
  });
});

test('a message says until when SQS keeps it', () => {
  const SentTimestamp = String(Date.parse('2026-01-31T12:00:00Z'));
  expect(say({ ...message, Attributes: { SentTimestamp } })).toContain('SQS deletes it 2026-02-14T12:00:00.000Z');
});

describe('arguments', () => {
  const parseRequest = (given: readonly string[]) => parse(given, REPAIR_REASONS);
  const queue = 'https://repair';
  const to = 'https://main';

  test('show, send again, take out, send all again', () => {
    expect(parseRequest(['--queue', queue])).toMatchObject({ queue, action: 'show' });
    expect(parseRequest(['--queue', queue, '--message', 'm', '--to', to])).toMatchObject({
      ...{ queue, action: 'send', message: 'm', to, body: undefined, newId: false },
    });
    expect(parseRequest(['--queue', queue, '--message', 'm', '--take', 'm.json'])).toMatchObject({
      ...{ queue, action: 'take', message: 'm', file: 'm.json' },
    });
    expect(parseRequest(['--queue', queue, '--all', '--reason', 'poison', '--to', to])).toMatchObject({
      ...{ queue, action: 'send-all', reason: 'poison', to },
    });
  });

  test.each([
    [[], '--queue is missing'],
    [['all', '--queue', 'q'], '"all" is one word too many'],
    [['--queue', 'q', '--to', 'x'], '--message is missing'],
    [['--queue', 'q', '--message', 'm'], 'one of --to, --save and --take'],
    [['--queue', 'q', '--message', 'm', '--to', 'a', '--take', 'b'], 'one of --to, --save and --take'],
    [['--queue', 'q', '--message', 'm', '--to', 'q'], 'the repair queue itself'],
    [['--queue', 'q', '--message', 'm', '--take', 'f', '--body', 'b'], '--body goes with --to'],
    [['--queue', 'q', '--all'], '--all takes --to'],
    [['--queue', 'q', '--all', '--to', 'q'], 'the repair queue itself'],
    [['--queue', 'q', '--all', '--to', 'x', '--message', 'm'], '--all sends messages as they are'],
    [['--queue', 'q', '--reason', 'poison'], '--reason goes with --all'],
    [['--queue', 'q', '--all', '--to', 'x', '--reason', 'foo'], '--reason is "foo"; it takes malformed, refused'],
    [['--queue', 'q', '--message', 'm', '--save', 'f', '--to', 'a'], 'one of --to, --save and --take'],
    [['--queue', 'q', '--message', 'm', '--to', 'a', '--new-id'], '--new-id goes with --body'],
    [['--que', 'q'], "Unknown option '--que'"],
  ])('%j: %s', (given, wrong) => {
    expect(() => parseRequest(given)).toThrow(UsageError);
    expect(() => parseRequest(given)).toThrow(wrong);
  });
});

describe('sending all again', () => {
  const REPAIR = 'https://repair';
  const MAIN = 'https://main';
  const order = (orderId: string) => JSON.stringify(anOrder({ orderId }));

  /** A repair tier with so many messages of each reason, sent again until it is empty, fails, or is stopped. */
  function tier(counts: Readonly<Record<string, number>>, { repair = REPAIR, main = MAIN, groups = 0 } = {}) {
    const sqs = new MemorySqs();
    let number = 0;
    for (const [reason, count] of Object.entries(counts)) {
      for (let index = 0; index < count; index += 1) {
        number += 1;
        sqs.put({
          QueueUrl: repair,
          MessageBody: reason === 'malformed' ? '{}' : order(`order-${number}-aaaa`),
          MessageAttributes: { origin: text('till 4'), [NOTE]: text(JSON.stringify({ reason })) },
          ...(groups > 0 && { MessageGroupId: `till-${number % groups}` }),
        });
      }
    }
    const run = async ({ reason, most = Number.POSITIVE_INFINITY }: { reason?: string; most?: number } = {}) => {
      const held = new HeldMessages(sqs, repair, () => sqs.now);
      let sent = 0;
      try {
        return await sendAllAgain({
          ...{ held, contracts, reason, fifo: repair.endsWith('.fifo'), main: { sqs, queueUrl: main } },
          stopping: () => sent >= most,
          progress: (soFar) => {
            sent = soFar;
          },
        });
      } finally {
        await held.putBack();
      }
    };
    const orders = (url: string) =>
      sqs.messages(url).map(({ input }) => (JSON.parse(input.MessageBody ?? '') as { orderId?: string }).orderId);
    return { sqs, run, orders };
  }

  test('three thousand go to the main queue once each, as the sender wrote them; what is malformed stays', async () => {
    const { sqs, run, orders } = tier({ poison: 3000, malformed: 12 });
    expect(await run()).toEqual({ sent: 3000, left: { 'still malformed': 12 }, stopped: false });
    expect(new Set(orders(MAIN)).size).toBe(3000);
    expect(sqs.messages(MAIN)).toHaveLength(3000);
    expect(Object.keys(sqs.messages(MAIN)[0]?.input.MessageAttributes ?? {}).sort()).toEqual([NOTE, 'origin']);
    expect(sqs.visible(REPAIR)).toBe(12);
  });

  test('with a reason only those go, and the others are put back', async () => {
    const { sqs, run } = tier({ poison: 30, refused: 25 });
    expect(await run({ reason: 'poison' })).toEqual({ sent: 30, left: { refused: 25 }, stopped: false });
    expect(sqs.visible(REPAIR)).toBe(25);
  });

  test.each(['SendMessageCommand', 'DeleteMessageCommand'])(
    'when it dies at a %s nothing is lost, and the next run goes on',
    async (failing) => {
      const { sqs, run, orders } = tier({ poison: 200 });
      await run({ most: 50 });
      sqs.failing.add(failing);
      await expect(run()).rejects.toThrow('is refused');
      expect(new Set([...orders(MAIN), ...orders(REPAIR)]).size).toBe(200);
      sqs.failing.clear();
      await run();
      expect(sqs.messages(REPAIR)).toEqual([]);
      expect(new Set(orders(MAIN)).size).toBe(200);
    },
  );

  test('stopped, it says so, and what wasn’t sent is visible again', async () => {
    const { sqs, run } = tier({ poison: 100 });
    expect(await run({ most: 40 })).toEqual({ sent: 40, left: {}, stopped: true });
    expect(sqs.visible(REPAIR)).toBe(60);
  });

  test('a FIFO queue keeps each group in its order', async () => {
    const { sqs, run, orders } = tier(
      { poison: 60 },
      { repair: 'https://repair.fifo', main: 'https://main.fifo', groups: 3 },
    );
    const before = sqs.messages('https://repair.fifo').map(({ input }) => [input.MessageGroupId, input.MessageBody]);
    expect(await run()).toMatchObject({ sent: 60, left: {} });
    const after = sqs.messages('https://main.fifo').map(({ input }) => [input.MessageGroupId, input.MessageBody]);
    for (const group of ['till-0', 'till-1', 'till-2']) {
      expect(after.filter(([of]) => of === group)).toEqual(before.filter(([of]) => of === group));
    }
    expect(orders('https://repair.fifo')).toEqual([]);
  });
});
