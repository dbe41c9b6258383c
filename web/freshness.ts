/** How old the numbers on a page are, and whose silence it is when they are too old. Times are in milliseconds. */
export type Freshness =
  /** The numbers are of this moment. */
  | { readonly state: 'live'; readonly age: number }
  /** The server answers, but what it reads the numbers from doesn't. */
  | { readonly state: 'old'; readonly age: number }
  /** The server itself gives no answer; without an age nothing was ever heard. */
  | { readonly state: 'lost'; readonly age?: number };

/** The server's last answer, and when it came by this browser's clock. */
export interface Heard {
  readonly heardAt: number;
  /** By the server's clock. */
  readonly serverNow: number;
  /** By the server's clock: when every number was read. */
  readonly readAt: number;
}

/** A reading a second, asked for once a second, and some delay on a busy machine. */
const FRESH_MS = 5_000;

/** @param answered whether the last question was answered */
export function freshness(heard: Heard | undefined, answered: boolean, now: number): Freshness {
  if (!heard) return { state: 'lost' };
  // The two clocks needn't agree: each is only compared with itself.
  const age = Math.max(0, heard.serverNow - heard.readAt + (now - heard.heardAt));
  if (!answered || now - heard.heardAt > FRESH_MS) return { state: 'lost', age };
  return { state: age > FRESH_MS ? 'old' : 'live', age };
}
