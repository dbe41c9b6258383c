import type { MessageAttribute } from '../../runtime/message';

/**
 * Where a letter stands. `open` waits for a person. `sending` is leased by one sending. `sent` waits for what comes of it. The rest are ends: `done` and `unknown` (a queue that tells nobody
 * what became of it), `failed` (it came back as another letter), `set-aside` and `discarded`, which can be reopened for as long as they are kept.
 */
export const STATUSES = ['open', 'sending', 'sent', 'done', 'failed', 'unknown', 'set-aside', 'discarded'] as const;
export type Status = (typeof STATUSES)[number];

/** Why a message is a dead letter: what the consumer noted, or `undelivered` (a service of AWS could not deliver it), or `exhausted` (its queue gave it up). */
export const REASONS = [
  'malformed',
  'refused',
  'conflict',
  'poison',
  'forgotten',
  'too-large',
  'undelivered',
  'exhausted',
] as const;
export type Reason = (typeof REASONS)[number];

/** What groups letters: those with the same of everything have one cause. */
export interface Cause {
  /** ARN of the queue of dead letters that it came from. */
  readonly queue: string;
  readonly reason: Reason;
  /** What went wrong, with everything that is only this message's taken out of it. */
  readonly errorClass: string;
  /** Where in the message: `items.*.size`. */
  readonly path?: string | undefined;
  /** What made the message, from its attribute `ProducerVersion`. */
  readonly producer?: string | undefined;
}

/** What a person may change of a letter. */
export interface Content {
  readonly body: string;
  /** The sender's own, without the consumer's note. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** One sending of a letter: whoever goes on with it after a crash sends under the same name, so that the consumer sees one. */
export interface Sending {
  readonly name: string;
  readonly at: string;
  /** ISO 8601: when somebody else may go on with it. */
  readonly until: string;
  /** The release that it belongs to, if any. */
  readonly release?: string | undefined;
  /** SQS's id of the message that was sent; what comes back is recognized by it. */
  readonly messageId?: string | undefined;
}

/** A dead letter as the desk keeps it, without its content. Times are ISO 8601, UTC. */
export interface Letter {
  readonly id: string;
  readonly cause: Cause;
  /** Of the cause: letters of one group are looked at together. */
  readonly group: string;
  readonly status: Status;
  /** Counts changes: who changes a letter says which one was seen. */
  readonly version: number;
  /** Counts contents: 1 is the message as it came. */
  readonly revision: number;
  /** SQS's id in the queue of dead letters. */
  readonly messageId: string;
  /** Id under which the consumer had it, where it says so. */
  readonly originId: string;
  readonly businessId?: string | undefined;
  /** A sentence for whoever mends it. */
  readonly detail: string;
  readonly sentAt: string;
  readonly keptAt: string;
  readonly bytes: number;
  /** Message group of a FIFO queue. */
  readonly fifoGroup?: string | undefined;
  /** `2 of 3`, or `base64`: it is no whole text, and is sent again as it is. */
  readonly encoding?: string | undefined;
  readonly sending?: Sending | undefined;
  /** The release whose change was made to it last: it is not made twice. */
  readonly changedFor?: string | undefined;
  /** Why it is set aside or discarded, or what it came to. */
  readonly note?: string | undefined;
  /** The letter that came back of the last sending. */
  readonly cameBackAs?: string | undefined;
  readonly changed: { readonly by: string; readonly at: string; readonly what: string };
}

/** A letter with its content. */
export interface WholeLetter extends Letter {
  readonly content: Content;
}

/** Letters with one cause. */
export interface Group {
  readonly id: string;
  readonly cause: Cause;
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Whose it is, and what they wrote about it. */
  readonly owner?: string | undefined;
  readonly note?: string | undefined;
}

/** What somebody did, or wanted to and was refused. Never changed. */
export interface AuditEntry {
  readonly at: string;
  readonly by: string;
  /** `edited`, `sent`, `discarded` …; a word for people. */
  readonly what: string;
  /** The letter, group or release that it was done to. */
  readonly of: string;
  readonly refused?: string | undefined;
  /** Revisions of the content before and after. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly note?: string | undefined;
}
