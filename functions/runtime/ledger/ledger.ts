/** Where a message stands. `done` and `repair` are ends; what is in `repair` starts again when it is sent again. */
export type LedgerStatus = 'in-progress' | 'retrying' | 'parked' | 'repair' | 'done';

/** What is written of one business id. Times are ISO 8601, UTC. */
export interface LedgerEntry {
  readonly id: string;
  readonly status: LedgerStatus;
  /** Of the content: the same id with other content is another message. */
  readonly fingerprint: string;
  /** When the first delivery of it was sent; survives releases, which a queue's own times don't. */
  readonly firstSeen: string;
  readonly updatedAt: string;
  /** Deliveries that were begun. */
  readonly deliveries: number;
  /** Releases through which it failed while the canary was green. */
  readonly rounds: number;
  /** Why it isn't done, where it isn't. */
  readonly detail?: string | undefined;
  /** When its dependency was first asked under its key without a known answer. */
  readonly askedAt?: string | undefined;
  /** When it went to repair. */
  readonly repairAt?: string | undefined;
  /** Which sending again by a person it is at work on, if any. */
  readonly sentAgain?: string | undefined;
  /** Processes that may have died of it while it was handled alone, since it was last closed otherwise. */
  readonly crashes: number;
  /** What `work` returned, where it is done and returned something. */
  readonly result?: unknown;
  /** A delivery that is at work on it, or whose process died. */
  readonly claim?: { readonly owner: string; readonly until: string } | undefined;
}

/** One delivery's wish to work on a message. */
export interface Claim {
  readonly id: string;
  /** Names this delivery and no other: a write is recognized by it when its answer was lost and the SDK has sent it again. */
  readonly owner: string;
  readonly fingerprint: string;
  readonly sentAt: Date;
  /** Names the sending again by a person that this message comes from: it starts what lies in repair again, once. A copy of it that is parked and released carries the same name. */
  readonly sentAgain?: string | undefined;
  readonly now: Date;
  /** When another delivery may take over: after this function's time-out. */
  readonly until: Date;
  /** What the definition's `keep` wants kept beside it: attribute name → text or number. */
  readonly keep?: Readonly<Record<string, string | number>> | undefined;
}

export type Begun =
  /**
   * It is this delivery's. `askedAt`: an earlier one asked under the key, and nobody knows what came of it. `suspect`: an earlier one was begun and never closed, so its process died,
   * of this message or of another one beside it.
   */
  | {
      readonly state: 'claimed';
      readonly isNew: boolean;
      readonly askedAt?: Date | undefined;
      readonly suspect: boolean;
    }
  | { readonly state: 'done'; readonly result: unknown }
  /** It lies in repair, and this is a message that was sent before it went there. */
  | { readonly state: 'in-repair' }
  | { readonly state: 'conflict' }
  | { readonly state: 'busy'; readonly until: Date };

/** How a delivery ends that didn't finish the work. */
export interface Release {
  readonly status: 'retrying' | 'parked' | 'repair';
  readonly detail: string;
  readonly now: Date;
  /** Nobody has ever been asked under the key: its life hasn't begun. */
  readonly keyUnused: boolean;
}

/** A message that nobody began, so that it can be found by its id all the same. */
export interface Note extends Pick<Release, 'detail' | 'now'> {
  readonly id: string;
  readonly status: 'retrying' | 'parked' | 'repair';
  readonly fingerprint: string;
  readonly sentAt: Date;
}

/**
 * The memory of a consumer: what was begun, what is done, by business id. Every write may be sent twice by the SDK when its answer is lost, so each one has to end in the same place
 * when it is repeated. Of two that begin at once, one gets the claim. The first end stands.
 */
export interface Ledger {
  begin(claim: Claim): Promise<Begun>;
  finish(claim: Claim, result: unknown, now: Date): Promise<void>;
  release(claim: Claim, release: Release): Promise<void>;
  /** Never overwrites an end, nor a claim. */
  note(note: Note): Promise<void>;
  find(id: string): Promise<LedgerEntry | undefined>;
  /** Counts the release with which this message came; once, however often it is asked, and the first pass is none. @returns how many it makes, nothing if this was none */
  countRound?(claim: Claim): Promise<number | undefined>;
  /** Counts a process that may die of this message, before it is handled alone. @returns how many have been counted, this one among them */
  countCrash?(claim: Claim): Promise<number>;
}
