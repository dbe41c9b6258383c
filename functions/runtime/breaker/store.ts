import type { BreakerOptions } from './options';
import type { BreakerRecord } from './state';
import { type BreakerEvent, transition } from './transition';
import type { Tally } from './window';

/** What all sandboxes together know of a dependency. */
export interface Shared {
  readonly record: BreakerRecord;
  /** What calls came to in the record's term, as far as sandboxes that saw failures have shared it. */
  readonly tally: Tally;
}

/** Where breakers are kept. Every method is one round trip, or one and its repetition after a lost race. */
export interface BreakerStore {
  /** Consistent: what was written before is seen. A dependency of which nothing is written is closed. */
  read(dependency: string): Promise<BreakerRecord>;
  readShared(dependency: string, windowSeconds: number, now: number): Promise<Shared>;
  /** Writes a record that follows the version that is stored; any other is not written. @returns what is stored afterwards, and whether it is `next` */
  write(next: BreakerRecord): Promise<{ readonly written: boolean; readonly stored: BreakerRecord }>;
  /** Adds to what calls came to in a term. @returns all of it; nothing if the term is past */
  share(dependency: string, term: number, seen: Tally, windowSeconds: number, now: number): Promise<Tally | undefined>;
  /** Takes one of the permits that all sandboxes together have in a slot of a term. Asked again under the same name, it is the same permit. @returns false if none is left, or the term or slot is past */
  permit(dependency: string, permit: Permit): Promise<boolean>;
}

/** A wish to call once in half-open. */
export interface Permit {
  readonly term: number;
  /** Number of the slot that it is for; it only grows. */
  readonly slot: number;
  /** Permits in the slot. */
  readonly limit: number;
  /** Names this call and no other: it is recognized by it when an answer was lost and the SDK has sent it again. */
  readonly name: string;
}

export type Change =
  | { readonly changed: true; readonly record: BreakerRecord }
  | { readonly changed: false; readonly record: BreakerRecord; readonly reason: string };

/** Races that a change may lose before it gives up: each was won by a change that somebody else made. */
const RACES = 10;

/**
 * Reads, decides, writes on condition that nobody wrote in between; after a lost race it decides again from what the winner wrote. So two
 * that trip at once make one transition, and one that comes late makes none.
 */
export async function change(
  store: BreakerStore,
  dependency: string,
  event: BreakerEvent,
  now: number,
  options: BreakerOptions,
): Promise<Change> {
  let record = await store.read(dependency);
  for (let race = 0; race < RACES; race += 1) {
    const decided = transition(record, event, now, options);
    if ('refused' in decided) return { changed: false, record, reason: decided.refused };
    const { written, stored } = await store.write(decided.to);
    if (written) return { changed: true, record: decided.to };
    record = stored;
  }
  throw new Error(`${dependency}: ${RACES} others changed the breaker at the same time; try again`);
}
