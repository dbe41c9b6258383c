import type { QueueSettings } from '../contract';
import type { AuditEntry, Content, Group, Letter, Status, WholeLetter } from './letter';
import type { TierLook } from './loss-clock';
import type { Release, ReleaseCounts } from './release';

/** Somebody else has changed it since it was looked at. */
export class StaleError extends Error {
  override readonly name = 'StaleError';

  constructor(readonly letter: Letter) {
    const { by, at, what } = letter.changed;
    super(`${by} has changed letter ${letter.id} at ${at} (${what}); it is ${letter.status} now. Look at it again`);
  }
}

/** There is no such thing. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** What becomes of a letter. */
export interface LetterChange {
  readonly status: Status;
  readonly by: string;
  readonly at: string;
  /** A word for people: `edited`. */
  readonly what: string;
  /** Another content, if it is edited. */
  readonly content?: Content | undefined;
  readonly sending?: Letter['sending'];
  readonly note?: string | undefined;
  readonly cameBackAs?: string | undefined;
  /** The release whose change it is. */
  readonly changedFor?: string | undefined;
  readonly businessId?: string | undefined;
  /** Milliseconds since 1970: when it may be forgotten. Default: kept. */
  readonly expiresAt?: number | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next one begins; nothing after the last. */
  readonly next?: string | undefined;
}

/**
 * What the desk keeps. Every write may be made twice and ends in the same place; a change, its place in the counts and its audit entry are one write.
 */
export interface DeskStore {
  /** Keeps a letter, once however often it comes. @returns whether it is new */
  keep(letter: WholeLetter): Promise<boolean>;
  find(id: string): Promise<Letter | undefined>;
  /** @param revision default: the present one */
  content(letter: Letter, revision?: number): Promise<Content>;
  /** @throws StaleError where it isn't as it was seen any more */
  change(seen: Letter, change: LetterChange): Promise<Letter>;
  /** Letters of a group in one status, the first kept first. */
  list(group: string, status: Status, limit: number, after?: string): Promise<Page<Letter>>;
  /** Every letter of one business id, the first kept first. */
  ofBusinessId(businessId: string): Promise<readonly Letter[]>;
  /** The letter that was sent as this message. */
  sentAs(messageId: string): Promise<string | undefined>;
  groups(): Promise<readonly Group[]>;
  /** Letters of a group by the hour in which they were kept. @param days `2030-01-31` */
  arrivals(group: string, days: readonly string[]): Promise<ReadonlyMap<string, number>>;
  describe(
    group: string,
    words: { readonly owner?: string | undefined; readonly note?: string | undefined },
  ): Promise<void>;
  record(entry: AuditEntry): Promise<void>;
  auditOf(of: string): Promise<readonly AuditEntry[]>;
  /** Everything of a day (UTC, `2030-01-31`), in order. */
  auditOn(day: string, after?: string): Promise<Page<AuditEntry>>;
  settings(): Promise<readonly QueueSettings[]>;
  settle(settings: QueueSettings): Promise<void>;
  /** The latest look at each tier of each attached queue. */
  looks(): Promise<readonly TierLook[]>;
  noteLook(look: TierLook): Promise<void>;
  release(id: string): Promise<Release | undefined>;
  releases(): Promise<readonly Release[]>;
  /** Writes a release, if it is as it was seen. @returns false when somebody else was first */
  write(release: Release): Promise<boolean>;
  counts(release: string): Promise<ReleaseCounts>;
  /** Letters of a release in one status. */
  ofRelease(release: string, status: Status, limit: number): Promise<readonly Letter[]>;
}

/** The letter after a change. */
export const changed = (
  letter: Letter,
  { status, by, at, what, content, sending, changedFor, note, cameBackAs, businessId }: LetterChange,
): Letter => ({
  ...letter,
  status,
  version: letter.version + 1,
  revision: content ? letter.revision + 1 : letter.revision,
  bytes: content ? Buffer.byteLength(content.body) : letter.bytes,
  sending: sending ?? letter.sending,
  changedFor: changedFor ?? letter.changedFor,
  note,
  cameBackAs: cameBackAs ?? letter.cameBackAs,
  businessId: businessId ?? letter.businessId,
  changed: { by, at, what },
});

/** What the audit says of a change. */
export const entryOf = (letter: Letter, { by, at, what, content, note }: LetterChange): AuditEntry => ({
  at,
  by,
  what,
  of: letter.id,
  ...(content && { before: letter.revision, after: letter.revision + 1 }),
  ...(note !== undefined && { note }),
});
