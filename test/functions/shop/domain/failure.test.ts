import fc from 'fast-check';
import { canaryDecides, decide, type Outcome, type RetryPolicy } from '../../../../functions/shop/domain/failure';
import { sortAnswer } from '../../../../functions/shop/domain/payment';

const policy: RetryPolicy = { backoff: { base: 2, cap: 300 }, maxReceiveCount: 3, maxRounds: 3 };
const delivery = (receiveCount: number, round?: number) => ({ receiveCount, round });
const unavailable: Outcome = { kind: 'unavailable', reason: 'no answer' };

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
  const actions = [1, 2, 3].map((count) => decide(unavailable, delivery(count), policy, 0.999));
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

const outcomes: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  unavailable,
  { kind: 'own', reason: 'our own side failed' },
  { kind: 'not-asked', retryAfterSeconds: 34 },
  { kind: 'charged', paymentId: 'p' },
  { kind: 'declined', reason: 'no' },
  { kind: 'rejected', reason: 'bad' },
);

test('an order is poison only at the end of its third round, and only while others could be paid; any other failure is excused or counted, never both', () => {
  const rounds = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
  fc.assert(
    fc.property(outcomes, fc.integer({ min: 1, max: 5 }), rounds, fc.boolean(), (outcome, receives, round, green) => {
      const action = decide(outcome, delivery(receives, round), policy, 0.5, green);
      const failed = outcome.kind === 'unavailable' || outcome.kind === 'own';
      const poisoned = action.kind === 'repair' && action.reason === 'poison';
      expect(poisoned).toBe(failed && green && round !== undefined && round >= policy.maxRounds);
      if (action.kind !== 'retry') return;
      expect(action.excused).toBe(round !== undefined && !(failed && green));
      expect(action.status).toBe(receives >= policy.maxReceiveCount ? 'parked' : 'retrying');
    }),
  );
});

test('a canary is asked only where its answer decides: at the end of a round of redrive that failed', () => {
  fc.assert(
    fc.property(outcomes, fc.constantFrom(undefined, 1, 3), (outcome, round) => {
      const said = [false, true].map((green) => decide(outcome, delivery(3, round), policy, 0.5, green));
      const decides = JSON.stringify(said[0]) !== JSON.stringify(said[1]);
      expect(canaryDecides(outcome, delivery(3, round))).toBe(decides);
    }),
  );
});

test('an order that was not asked for is put off as long as the breaker says, however often it was received', () => {
  for (const receiveCount of [1, 3, 50]) {
    expect(decide({ kind: 'not-asked', retryAfterSeconds: 34 }, delivery(receiveCount), policy, 0.5)).toMatchObject({
      kind: 'retry',
      visibilitySeconds: 34,
    });
  }
});
