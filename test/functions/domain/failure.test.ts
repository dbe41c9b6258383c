import fc from 'fast-check';
import { type Delivery, decide, type RetryPolicy, roundsUsedUp } from '../../../functions/domain/failure';
import { sortAnswer } from '../../../functions/domain/payment';

const policy: RetryPolicy = { backoff: { base: 2, cap: 300 }, maxReceiveCount: 3, maxRounds: 3 };
const delivery = (receiveCount: number, deliveries = receiveCount): Delivery => ({ receiveCount, deliveries });

test.each([
  [200, { status: 'charged', paymentId: 'p1' }, 'charged'],
  [200, { status: 'canary' }, 'charged'],
  [200, {}, 'unavailable'],
  [402, { error: 'card_declined' }, 'declined'],
  [400, {}, 'rejected'],
  [422, {}, 'rejected'],
  [401, {}, 'unavailable'],
  [403, {}, 'unavailable'],
  [404, {}, 'unavailable'],
  [408, {}, 'unavailable'],
  [409, {}, 'unavailable'],
  [429, {}, 'unavailable'],
  [500, {}, 'unavailable'],
  [503, {}, 'unavailable'],
  [302, {}, 'unavailable'],
])('an answer of %i %j is %s', (status, body, kind) => {
  expect(sortAnswer(status, body).kind).toBe(kind);
});

test('an unknown answer is never taken for an end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.dictionary(fc.string(), fc.string()), (status, body) => {
      const { kind } = sortAnswer(status, body);
      if (kind === 'charged') expect(status).toBe(200);
      if (kind === 'declined') expect(status).toBe(402);
    }),
  );
});

test('no answer puts the message off, longer each time, and the last receive hands it to SQS at once', () => {
  const outcome = { kind: 'unavailable', reason: 'no answer' } as const;
  const actions = [1, 2, 3].map((count) => decide(outcome, delivery(count), policy, 0.999));
  expect(actions).toMatchObject([
    { kind: 'retry', status: 'retrying', visibilitySeconds: 2 },
    { kind: 'retry', status: 'retrying', visibilitySeconds: 4 },
    { kind: 'retry', status: 'parked', visibilitySeconds: 0 },
  ]);
});

test('a refused request goes to repair at the first receive, an answer of the bank ends the order', () => {
  expect(decide({ kind: 'rejected', reason: 'bad' }, delivery(1), policy, 0)).toMatchObject({
    kind: 'repair',
    reason: 'rejected',
  });
  expect(decide({ kind: 'declined', reason: 'no' }, delivery(1), policy, 0)).toMatchObject({
    kind: 'done',
    status: 'declined',
  });
  expect(decide({ kind: 'charged', paymentId: 'p' }, delivery(1), policy, 0)).toMatchObject({
    kind: 'done',
    status: 'paid',
  });
});

test('rounds are used up with the last receive of the third redrive, not before', () => {
  const used = Array.from({ length: 13 }, (_, index) => roundsUsedUp(delivery(1, index + 1), policy));
  expect(used.indexOf(true)).toBe(11); // the 12th delivery: 3 receives of the first pass and 3 × 3 of the redrives
});

test('an order that was not asked for is put off as long as the breaker says, however often it was received', () => {
  const policy = { backoff: { base: 2, cap: 300 }, maxReceiveCount: 3, maxRounds: 3 };
  for (const receiveCount of [1, 3, 50]) {
    const delivery = { receiveCount, deliveries: 50 };
    expect(decide({ kind: 'not-asked', retryAfterSeconds: 34 }, delivery, policy, 0.5)).toMatchObject({
      kind: 'retry',
      status: 'retrying',
      visibilitySeconds: 34,
    });
  }
});
