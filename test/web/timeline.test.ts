import { happenings } from '../../web/operations/timeline';
import { snapshot } from './snapshots';

const breaker = { dependency: 'payment', state: 'closed', since: 0, evidence: '' } as const;
const hold = { kind: 'open', who: 'Ada', why: 'The bank called', until: 9_000 } as const;
const move = { status: 'RUNNING', moved: 0, startedAt: 1 } as const;

test('a fault is told, and a second like the first is not', () => {
  const [up, down] = [snapshot(1, {}), snapshot(2, {}, { kind: 'down' })];
  expect(happenings(up, down)).toEqual([{ at: 2, text: 'Payment gives no answer.' }]);
  expect(happenings(down, { ...down, at: 3 })).toEqual([]);
});

test.each([
  [
    'a trip',
    { breakers: [breaker] },
    { breakers: [{ ...breaker, state: 'open', evidence: '5 calls in a row failed' } as const] },
    "Circuit breaker: Payment's breaker is open: 5 calls in a row failed.",
  ],
  [
    'a hold with who and why',
    { breakers: [breaker] },
    { breakers: [{ ...breaker, hold }] },
    "Circuit breaker: Payment's breaker is held open by Ada: The bank called.",
  ],
  [
    'the lifting of a hold',
    { breakers: [{ ...breaker, hold }] },
    { breakers: [{ ...breaker, evidence: 'hold lifted by Grace: All clear' }] },
    "Circuit breaker: Payment's breaker: hold lifted by Grace: All clear.",
  ],
  [
    'a hold that ran out',
    { breakers: [{ ...breaker, hold: { ...hold, until: 2 } }] },
    { breakers: [breaker] },
    "Circuit breaker: Payment's breaker: hold of Ada ran out.",
  ],
  ['a release', {}, { move }, 'Circuit breaker: A release began.'],
  [
    'its end',
    { move },
    { move: { ...move, status: 'COMPLETED', moved: 3 } as const },
    'Circuit breaker: A release ended: 3 orders moved back.',
  ],
  ['an order for repair', {}, { repair: 1 }, 'Circuit breaker: 1 order went to repair.'],
])('%s is told', (_, before, after, text) => {
  expect(happenings(snapshot(1, { breaker: before }), snapshot(2, { breaker: after }))).toEqual([{ at: 2, text }]);
});
