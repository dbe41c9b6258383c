import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueLooks } from '../../../functions/desk/aws/queue-looks';
import {
  isNearLoss,
  type LookPorts,
  lookAtTiers,
  lossClock,
  type QueueLook,
  type TierLook,
} from '../../../functions/desk/core/loss-clock';
import { QUEUE, SETTINGS } from './letters';
import { MemoryDeskStore } from './memory-store';

const DAY = 86_400;
const day = (number: number) => `2030-01-${String(number).padStart(2, '0')}T00:00:00.000Z`;
const look = (change: Partial<TierLook>): TierLook => ({
  ...{ of: QUEUE, queue: QUEUE, tier: 'parked', at: day(10), messages: 3, retentionSeconds: 14 * DAY },
  ...change,
});

describe('SQS deletes the first message', () => {
  test.each<[string, Partial<TierLook>, ReturnType<typeof lossClock>]>([
    ['never, where there is none', { messages: 0 }, undefined],
    ['after the retention from its age on', { oldestCameAt: day(2) }, { earliest: day(16), latest: day(16) }],
    [
      'earlier by up to what the main queue keeps it, where SQS moved it there',
      { oldestCameAt: day(2), movedAfter: 4 * DAY },
      { earliest: day(12), latest: day(16) },
    ],
    [
      'between what two looks allow, where CloudWatch says nothing',
      { emptyAt: day(5), filledAt: day(6) },
      { earliest: day(19), latest: day(20) },
    ],
    ['by the first look at the latest, where nobody saw it empty', { filledAt: day(6) }, { latest: day(20) }],
  ])('%s', (_, change, clock) => {
    expect(lossClock(look(change))).toEqual(clock);
  });
});

test('it is near two days before, and never before half of what a queue gives', () => {
  const near = (change: Partial<TierLook>, now: string) => isNearLoss(look(change), new Date(now));
  expect(near({ oldestCameAt: day(2) }, day(13))).toBe(false);
  expect(near({ oldestCameAt: day(2) }, '2030-01-14T00:00:01.000Z')).toBe(true);
  expect(near({ oldestCameAt: day(2), retentionSeconds: DAY }, '2030-01-02T11:00:00.000Z')).toBe(false);
  expect(near({ oldestCameAt: day(2), retentionSeconds: DAY }, '2030-01-02T12:00:01.000Z')).toBe(true);
  expect(near({ messages: 0 }, day(30))).toBe(false);
});

test('looks are remembered: what came since the tier was empty, and CloudWatch is asked every five minutes', async () => {
  const store = new MemoryDeskStore();
  await store.settle(SETTINGS);
  let now = Date.parse(day(1));
  let seen: Partial<QueueLook> = { messages: 0 };
  const asked: boolean[] = [];
  const ports: LookPorts = {
    store,
    now: () => new Date(now),
    tiersOf: async () => [{ tier: 'dead-letters', queue: QUEUE }],
    look: async (queue, _, ask) => {
      asked.push(ask);
      if (seen.messages === undefined) throw new Error('AccessDenied');
      return { queue, messages: 0, retentionSeconds: DAY, ...seen };
    },
  };
  const after = async (minutes: number, change: Partial<QueueLook>) => {
    now += minutes * 60_000;
    seen = change;
    return (await lookAtTiers(ports))[0];
  };
  await after(0, { messages: 0 });
  expect(await after(1, { messages: 2 })).toMatchObject({ emptyAt: day(1), filledAt: '2030-01-01T00:01:00.000Z' });
  expect(await after(1, { messages: 3 })).toMatchObject({ filledAt: '2030-01-01T00:01:00.000Z' });
  expect(await after(4, { messages: 3, oldestCameAt: day(1) })).toMatchObject({ oldestCameAt: day(1) });
  expect(await after(1, { messages: 3 })).toMatchObject({ oldestCameAt: day(1), messages: 3 });
  expect(await after(1, { messages: undefined })).toMatchObject({ problem: 'AccessDenied', messages: 3 });
  expect((await after(1, { messages: 0 }))?.oldestCameAt).toBeUndefined();
  expect(asked).toEqual([true, false, false, true, false, false, false]);
});

test('the parked tier is found by the redrive policy, and a message there has waited in the main queue', async () => {
  const main = 'arn:aws:sqs:us-east-1:000000000000:invoices';
  const parked = `${main}-parked`;
  const attributes: Record<string, Record<string, string>> = {
    invoices: {
      ...{ QueueArn: main, MessageRetentionPeriod: '345600', ApproximateNumberOfMessages: '0' },
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: parked, maxReceiveCount: 5 }),
    },
    'invoices-parked': { MessageRetentionPeriod: '1209600', ApproximateNumberOfMessages: '7' },
  };
  const sqs = { send: jest.fn() };
  sqs.send.mockImplementation(async ({ input }) =>
    input.QueueName
      ? { QueueUrl: `https://sqs/${input.QueueName}` }
      : { Attributes: attributes[input.QueueUrl.split('/').at(-1)] },
  );
  const at = new Date(day(10));
  const cloudwatch = { send: async () => ({ MetricDataResults: [{ Timestamps: [at], Values: [DAY] }] }) };
  const looks = queueLooks({
    sqs: () => sqs as unknown as SQSClient,
    cloudwatch: () => cloudwatch as unknown as CloudWatchClient,
  });
  expect(await looks.tiersOf({ ...SETTINGS, sendTo: 'https://sqs/invoices' })).toEqual([
    { tier: 'dead-letters', queue: QUEUE },
    { tier: 'parked', queue: parked },
    { tier: 'main', queue: main },
  ]);
  expect(await looks.look(parked, main, true)).toEqual({
    ...{ queue: parked, messages: 7, retentionSeconds: 1_209_600, movedAfter: 345_600, oldestCameAt: day(9) },
  });
  expect((await looks.look(main, undefined, false)).movedAfter).toBeUndefined();
});
