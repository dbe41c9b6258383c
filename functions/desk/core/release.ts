import type { CanaryColour } from '../../runtime/ports';

/** Letters of one release, by where they stand. */
export interface ReleaseCounts {
  readonly sending: number;
  readonly sent: number;
  readonly done: number;
  readonly failed: number;
  readonly unknown: number;
}

export const NO_COUNTS: ReleaseCounts = { sending: 0, sent: 0, done: 0, failed: 0, unknown: 0 };

/** A group that is sent again in waves. */
export interface Release {
  readonly id: string;
  readonly group: string;
  /** JSON Patch that is made to each letter before it is sent. */
  readonly patch?: string | undefined;
  readonly by: string;
  readonly createdAt: string;
  /** `awaiting-approval`: somebody else has to approve it before it sends more. `stopped`: red, by itself. */
  readonly state: 'awaiting-approval' | 'running' | 'paused' | 'stopped' | 'cancelled' | 'finished';
  /** Who has approved it: never who began it. */
  readonly approvedBy?: string | undefined;
  /** Why it stands as it does. */
  readonly because: string;
  /** Waves that were begun. */
  readonly wave: number;
  /** Letters that may have been taken by the end of the present wave; what was taken is counted with the letters, so that a crash miscounts nothing. */
  readonly upTo: number;
  /** Most letters of one wave, and most that are under way at once. */
  readonly largestWave: number;
  /** Messages a second, at most, once the first waves are done. Default: waves go on, each after the one before it. */
  readonly rate?: number | undefined;
  /** ISO 8601: up to when the rate has been used. */
  readonly ratedUntil?: string | undefined;
  /** How far the group was gone through. */
  readonly cursor?: string | undefined;
  /** Message groups of a FIFO queue of which a letter was not sent: those after it stay as well, so that none overtakes it. */
  readonly blocked?: readonly string[] | undefined;
  /** Letters that were not sent: they don't fit, or somebody else has them. They stay open. */
  readonly skipped: number;
  readonly version: number;
}

/** States in which a release keeps its group from another one. */
export const UNDER_WAY: readonly Release['state'][] = ['awaiting-approval', 'running', 'paused'];

/** What is known when the next step is decided. */
export interface ReleaseFacts {
  readonly canary: CanaryColour;
  readonly counts: ReleaseCounts;
  /** Letters that the group has left of those that were kept before the release was made, as far as one step looks: at least a wave. */
  readonly left: number;
  /** Letters that one person may send at once. Default: any number. */
  readonly approvalAbove?: number | undefined;
  readonly now: Date;
}

export type ReleaseAction =
  | { readonly kind: 'nothing' }
  /** Letters of the wave that was begun. */
  | { readonly kind: 'send'; readonly letters: number }
  | { readonly kind: 'begin-wave'; readonly letters: number }
  /** Letters that the rate has room for. @see ratedUntil */
  | { readonly kind: 'allow'; readonly letters: number; readonly ratedUntil: string }
  | { readonly kind: 'ask-approval'; readonly because: string }
  | { readonly kind: 'wait'; readonly because: string }
  | { readonly kind: 'stop'; readonly because: string }
  | { readonly kind: 'finish'; readonly because: string };

/** The first is a canary: one letter, and nothing else until it is known what became of it. */
const WAVES = [1, 2, 5, 20, 50, 100];
/** Waves before a rate, if there is one. */
const WAVES_BEFORE_RATE = WAVES.length - 1;
/** Milliseconds whose share of a rate may be sent at one go: who went on after a crash makes up for nothing. */
const BURST_MS = 2000;

/** Letters of the nth wave, from 0. */
export const waveSize = (wave: number, largest: number): number =>
  Math.min(largest, WAVES[wave] ?? (WAVES.at(-1) as number));

/** How many waves a number of letters takes, and how many letters are left to the rate after them. */
export function wavesFor(
  letters: number,
  largest: number,
  rate?: number,
): { readonly waves: number; readonly rated: number } {
  let waves = 0;
  let left = letters;
  for (; left > 0 && (rate === undefined || waves < WAVES_BEFORE_RATE); waves += 1) left -= waveSize(waves, largest);
  return { waves, rated: Math.max(0, left) };
}

/** Letters that a release has taken. */
export const takenOf = ({ sending, sent, done, failed, unknown }: ReleaseCounts): number =>
  sending + sent + done + failed + unknown;

const say = ({ done, failed, unknown }: ReleaseCounts): string =>
  `${done} done, ${failed} came back${unknown > 0 ? `, ${unknown} unknown` : ''}`;

/** Why a release needs somebody else, if it does. @param letters that it would have sent in all */
export const needsApproval = (
  { by, approvedBy }: Pick<Release, 'by' | 'approvedBy'>,
  letters: number,
  approvalAbove: number | undefined,
): string | undefined =>
  approvalAbove !== undefined && letters > approvalAbove && (approvedBy === undefined || approvedBy === by)
    ? `more than ${approvalAbove} letters: somebody other than ${by} has to approve it`
    : undefined;

/** The next step of a release. What was sent is judged by what became of it: nothing more is sent before the wave is over, and what comes back stops it. */
export function decideRelease(release: Release, facts: ReleaseFacts): ReleaseAction {
  const { canary, counts, left, approvalAbove } = facts;
  if (release.state !== 'running') return { kind: 'nothing' };
  if (counts.failed > 0) return { kind: 'stop', because: `stopped by itself: ${say(counts)}` };
  if (canary === 'red') return { kind: 'wait', because: 'the canary is red: nothing is sent until it is green' };
  const unapproved = needsApproval(release, release.upTo, approvalAbove);
  if (unapproved) return { kind: 'ask-approval', because: unapproved };
  const toSend = release.upTo - takenOf(counts);
  if (toSend > 0 && left > 0) return { kind: 'send', letters: toSend };
  const rated = release.rate !== undefined && release.wave >= WAVES_BEFORE_RATE && left > 0;
  // The waves are over when the last of them is; from then on only so many are under way at once.
  if (rated && release.ratedUntil !== undefined) return atRate(release, facts);
  const open = counts.sending + counts.sent;
  if (open > 0) return { kind: 'wait', because: `wave ${release.wave}: ${open} still waiting; ${say(counts)}` };
  if (left === 0)
    return {
      kind: 'finish',
      because: `finished: ${say(counts)}${release.skipped > 0 ? `, ${release.skipped} skipped` : ''}`,
    };
  if (rated) return atRate(release, facts);
  const letters = Math.min(left, waveSize(release.wave, release.largestWave));
  return more(release, { kind: 'begin-wave', letters }, facts);
}

/** As many as the time since the last ones has room for, and as may be under way at once. */
function atRate(release: Release, facts: ReleaseFacts): ReleaseAction {
  const { rate = 1, largestWave } = release;
  const { counts, left, now } = facts;
  const since = Math.max(Date.parse(release.ratedUntil ?? ''), now.getTime() - BURST_MS) || now.getTime() - 1000;
  const due = Math.floor(((now.getTime() - since) * rate) / 1000);
  const underWay = counts.sending + counts.sent;
  const letters = Math.min(due, largestWave - underWay, left);
  if (letters <= 0) return { kind: 'wait', because: `${rate} a second, ${underWay} under way; ${say(counts)}` };
  const ratedUntil = new Date(since + (due * 1000) / rate).toISOString();
  return more(release, { kind: 'allow', letters, ratedUntil }, facts);
}

/** Up to when the rate has been used once letters were sent: what a crash has left of an earlier share counts with the present one. */
export function usedUntil({ rate, ratedUntil }: Release, letters: number, now: Date): string | undefined {
  if (rate === undefined || ratedUntil === undefined) return ratedUntil;
  const atLeast = new Date(now.getTime() - BURST_MS + (letters * 1000) / rate).toISOString();
  return atLeast > ratedUntil ? atLeast : ratedUntil;
}

/** Nothing is allowed that another person would have had to approve. */
function more(
  release: Release,
  action: ReleaseAction & { readonly letters: number },
  { counts, approvalAbove }: ReleaseFacts,
): ReleaseAction {
  const unapproved = needsApproval(release, takenOf(counts) + action.letters, approvalAbove);
  return unapproved ? { kind: 'ask-approval', because: unapproved } : action;
}
