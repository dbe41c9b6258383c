import type { Release } from '../wire';

const ACTIONS: Readonly<Record<Release['action'], readonly [done: string, would: string]>> = {
  start: ['Released, and watched: a red canary stops it.', 'It would release them.'],
  continue: ['The move goes on.', 'It would let the move go on.'],
  cancel: ['The move was stopped.', 'It would stop the move.'],
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
