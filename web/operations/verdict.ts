import type { Fault, Release } from '../wire';

const ACTIONS: Readonly<Record<Release['action'], readonly [done: string, would: string]>> = {
  start: ['Released, and watched: a red canary stops it.', 'It would release them.'],
  continue: ['The release goes on.', 'It would let the release go on.'],
  cancel: ['The release was stopped.', 'It would stop the release.'],
  hold: ['Nothing moves.', 'It would move nothing.'],
  idle: ['Nothing to do.', 'It would do nothing.'],
};

/** What a run of the redrive function said, in words. */
export function verdictOf({ action, reason, canary, problem, dryRun }: Release): string {
  // Where something of our own side was in the way, no canary was sent: its colour would say something about payment.
  const verdict =
    action === 'hold' && canary && canary.sent > 0 ? (canary.green ? 'Canary green.' : 'Canary red.') : '';
  const also = problem && !reason.includes(problem) ? problem : '';
  return [verdict, reason, ACTIONS[action][dryRun ? 1 : 0], also].filter(Boolean).join(' ');
}

/** A verdict, and what it was given on. */
export interface Standing {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fault: Fault;
  readonly release: Release;
}

/** A canary says how payment is, not how it will be. */
const HOLDS_MS = 60_000;

/** Why a verdict no longer holds, in words; nothing while it does. */
export function voidedBy(
  { at, fault, release }: Standing,
  now: { readonly at: number; readonly fault: Fault; readonly parked: number },
): string | undefined {
  if (JSON.stringify(fault) !== JSON.stringify(now.fault)) return 'payment was switched since';
  // A release that was begun empties the tier: that is what it said.
  const moves = !release.dryRun && release.action !== 'hold' && release.action !== 'idle';
  if (!moves && now.parked !== release.parked) return `${now.parked} are parked now`;
  return now.at - at > HOLDS_MS ? 'it is over a minute old' : undefined;
}
