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
  /** `stopped`: red, by itself. */
  readonly state: 'running' | 'paused' | 'stopped' | 'cancelled' | 'finished';
  /** Why it stands as it does. */
  readonly because: string;
  /** Waves that were begun. */
  readonly wave: number;
  /** Letters that may have been taken by the end of the present wave; what was taken is counted with the letters, so that a crash miscounts nothing. */
  readonly upTo: number;
  /** Most letters of one wave. */
  readonly largestWave: number;
  /** How far the group was gone through. */
  readonly cursor?: string | undefined;
  /** Message groups of a FIFO queue of which a letter was not sent: those after it stay as well, so that none overtakes it. */
  readonly blocked?: readonly string[] | undefined;
  /** Letters that were not sent: they don't fit, or somebody else has them. They stay open. */
  readonly skipped: number;
  readonly version: number;
}

/** What is known when the next step is decided. */
export interface ReleaseFacts {
  readonly canary: CanaryColour;
  readonly counts: ReleaseCounts;
  /** Whether the group has letters left that were kept before the release was made. */
  readonly left: boolean;
}

export type ReleaseAction =
  | { readonly kind: 'nothing' }
  /** Letters of the wave that was begun. */
  | { readonly kind: 'send'; readonly letters: number }
  | { readonly kind: 'begin-wave'; readonly letters: number }
  | { readonly kind: 'wait'; readonly because: string }
  | { readonly kind: 'stop'; readonly because: string }
  | { readonly kind: 'finish'; readonly because: string };

/** The first is a canary: one letter, and nothing else until it is known what became of it. */
const WAVES = [1, 2, 5, 20, 50, 100];

/** Letters of the nth wave, from 0. */
export const waveSize = (wave: number, largest: number): number =>
  Math.min(largest, WAVES[wave] ?? (WAVES.at(-1) as number));

/** How many waves a number of letters takes. */
export function wavesFor(letters: number, largest: number): number {
  let wave = 0;
  for (let left = letters; left > 0; wave += 1) left -= waveSize(wave, largest);
  return wave;
}

/** Letters that a release has taken. */
export const takenOf = ({ sending, sent, done, failed, unknown }: ReleaseCounts): number =>
  sending + sent + done + failed + unknown;

const say = ({ done, failed, unknown }: ReleaseCounts): string =>
  `${done} done, ${failed} came back${unknown > 0 ? `, ${unknown} unknown` : ''}`;

/** The next step of a release. What was sent is judged by what became of it: nothing more is sent before the wave is over, and what comes back stops it. */
export function decideRelease(release: Release, { canary, counts, left }: ReleaseFacts): ReleaseAction {
  if (release.state !== 'running') return { kind: 'nothing' };
  if (counts.failed > 0) return { kind: 'stop', because: `stopped by itself: ${say(counts)}` };
  if (canary === 'red') return { kind: 'wait', because: 'the canary is red: nothing is sent until it is green' };
  const toSend = release.upTo - takenOf(counts);
  if (toSend > 0 && left) return { kind: 'send', letters: toSend };
  const open = counts.sending + counts.sent;
  if (open > 0) return { kind: 'wait', because: `wave ${release.wave}: ${open} still waiting; ${say(counts)}` };
  if (!left)
    return {
      kind: 'finish',
      because: `finished: ${say(counts)}${release.skipped > 0 ? `, ${release.skipped} skipped` : ''}`,
    };
  return { kind: 'begin-wave', letters: waveSize(release.wave, release.largestWave) };
}
