import { verdictOf, voidedBy } from '../../web/operations/verdict';
import type { Fault, Release } from '../../web/wire';

const canary = (green: boolean, sent = 3) => ({ green, sent, detail: '' });

test.each<[string, Partial<Release>, string]>([
  [
    'a release is watched',
    { action: 'start', reason: '3 parked and the canary is green: 3 of 3 answered.', canary: canary(true) },
    '3 parked and the canary is green: 3 of 3 answered. Released, and watched: a red canary stops it.',
  ],
  [
    'only asked, nothing has moved',
    { action: 'start', reason: 'Green.', dryRun: true },
    'Green. It would release them.',
  ],
  [
    'a canary that failed is red',
    { reason: '3 parked, and they stay: canary 1 of 3 failed.', canary: canary(false, 1) },
    'Canary red. 3 parked, and they stay: canary 1 of 3 failed. Nothing moves.',
  ],
  [
    'a canary that was not sent has no colour, and what kept it is said once',
    {
      reason: '3 parked, and they stay: our own side fails: the table is gone.',
      canary: canary(false, 0),
      problem: 'our own side fails: the table is gone',
    },
    '3 parked, and they stay: our own side fails: the table is gone. Nothing moves.',
  ],
  [
    'a move that failed before is told, though another one starts',
    { action: 'start', reason: 'Green.', canary: canary(true), problem: 'The last move failed after 2: NoSuchQueue.' },
    'Green. Released, and watched: a red canary stops it. The last move failed after 2: NoSuchQueue.',
  ],
])('%s', (_, release, words) => {
  expect(verdictOf({ action: 'hold', reason: '', dryRun: false, parked: 3, ...release })).toBe(words);
});

test.each<[string, Partial<Release>, { at?: number; fault?: Fault; parked?: number }, string | undefined]>([
  ['holds for a while', {}, { at: 50_000 }, undefined],
  ['is void when payment was switched', {}, { fault: { kind: 'up' } }, 'payment was switched since'],
  ['is void when others were parked', {}, { parked: 4 }, '4 are parked now'],
  ['is void after a minute', {}, { at: 61_001 }, 'it is over a minute old'],
  ['of a release outlives the parked that it moves', { action: 'start' }, { parked: 1 }, undefined],
])('a verdict %s', (_, release, now, words) => {
  const fault = { kind: 'down' } as const;
  const given = { action: 'hold', reason: '', dryRun: false, parked: 3, ...release } as const;
  expect(voidedBy({ at: 1_000, fault, release: given }, { at: 1_000, fault, parked: 3, ...now })).toBe(words);
});
