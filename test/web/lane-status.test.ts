import { laneStatus } from '../../web/operations/lane-status';
import type { Fault, LaneSnapshot } from '../../web/wire';
import { lane } from './snapshots';

const move = { status: 'RUNNING', moved: 1, toMove: 3, rate: 1, startedAt: 0 } as const;
type State = 'open' | 'half-open' | 'closed';
const breakers = (payment: State, giftCards: State = 'closed') =>
  Object.entries({ payment, 'gift-cards': giftCards }).map(([dependency, state]) => ({
    ...{ dependency, state, since: 0, evidence: '' },
  }));
const down: Fault = { kind: 'down' };
const up: Fault = { kind: 'up' };

test.each<[string, Partial<LaneSnapshot>, boolean, Fault, string, RegExp]>([
  ['nothing waits', {}, true, down, 'calm', /^Calm\. Nothing waits/],
  ['everything is done', { done: 3 }, true, up, 'calm', /Every order is done/],
  ['unprotected in an outage', { inFlight: 3 }, false, down, 'storm', /^3 orders are tried again and again/],
  ['protected in an outage', { waiting: 1 }, true, down, 'busy', /^1 order is tried, then parked/],
  ['parked in an outage', { parked: 3 }, true, down, 'held', /3 orders are parked.*Nothing is tried/],
  ['parked after it', { parked: 3 }, true, up, 'held', /Payment is back: release them/],
  ['a move runs', { parked: 2, waiting: 1, move }, true, up, 'busy', /^Releasing: 2 orders still parked/],
  [
    'the breaker is open',
    { waiting: 5, breakers: breakers('open') },
    true,
    down,
    'held',
    /^Payment isn't called. 5 orders wait, safe/,
  ],
  [
    'both are open',
    { breakers: breakers('open', 'open') },
    true,
    down,
    'held',
    /^Payment and gift-cards aren't called.$/,
  ],
  ['the second is open', { breakers: breakers('half-open', 'open') }, true, down, 'held', /^Gift-cards isn't called/],
  [
    'the breaker tries',
    { waiting: 5, breakers: breakers('half-open') },
    true,
    up,
    'busy',
    /whether payment is back. 5 o/,
  ],
  ['a closed breaker says nothing', { breakers: breakers('closed') }, true, up, 'calm', /^Calm/],
  ['an order is wrong', { repair: 1 }, true, up, 'held', /^1 order waits for repair/],
])('%s', (_, values, redrive, fault, tone, text) => {
  const status = laneStatus(lane(values), { redrive }, fault);
  expect(status.tone).toBe(tone);
  expect(status.text).toMatch(text);
});
