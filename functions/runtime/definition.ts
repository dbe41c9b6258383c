import type { Logger } from '@aws-lambda-powertools/logger';
import type { Failure } from './failures';
import type { Ledger } from './ledger/ledger';
import type { Source } from './sources/source';

/** What a definition may write to; Powertools' logger, or one's own. */
export type ConsumerLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Variables of an environment, by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What is made when it is asked for. A class, so that the compiler knows what a copy (`{ ...context }`) doesn't have. */
export abstract class Timed {
  /** Aborts when the time for this message is over. Give it to whatever takes one: work that goes on after it is waited for by nobody. */
  abstract get signal(): AbortSignal;
}

export interface WorkContext<Environment = Variables> extends Timed {
  readonly environment: Environment;
  /** The business id. Give it to the dependency with every call: a message may be worked on more than once. */
  readonly idempotencyKey: string;
  /** Receives since the message was sent or released: 1 for the first. */
  readonly attempt: number;
  /** When this copy of the message was sent, or released from the parked tier. */
  readonly sentAt: Date;
  readonly logger: ConsumerLogger;
}

/** What a consumer does with a message, and how it differs from the defaults. */
export interface ConsumerDefinition<Value = unknown, Environment = Variables, Result = unknown> {
  /**
   * The work for one message. What it returns (anything JSON) is kept, and a duplicate is answered with it. It throws `Refused` (to repair), `Unavailable` (put off, then parked) or
   * `Internal` (put off, and it rings); anything else counts as `Unavailable`.
   */
  work(message: Value, context: WorkContext<Environment>): Promise<Result> | Result;
  /**
   * Throws `Refused` for a message that must not be accepted now, such as one with yesterday's price. Asked before the first delivery is begun, and never of a message that was accepted before: a
   * deploy doesn't take back what was promised.
   */
  admit?(message: Value): void;
  /** Sorts what `work` threw; nothing: as by default. `sortAwsError` is one. */
  sort?(error: unknown): Failure | undefined;
  /**
   * Seconds that the dependency remembers an idempotency key. A message that was asked under its key longer ago, and of which nobody knows what came, is looked up, or goes to repair
   * where there is no `lookup`; it is never asked blindly. Default: the key is remembered for ever.
   */
  readonly idempotencyKeyLife?: number;
  /** What an earlier call under this key came to; nothing if there was none. Asked where `idempotencyKeyLife` is over. */
  lookup?(message: Value, context: WorkContext<Environment>): Promise<Result | undefined>;
  /** What the ledger keeps beside the message's state, for pages and searches: attribute name → text or number. Written once, and anew when the message is mended and sent again. */
  keep?(message: Value, sentAt: Date): Readonly<Record<string, string | number>>;
  /** Messages of one invocation that are worked on at once: 1 or more. Default: all; of a FIFO queue one a group. */
  readonly concurrency?: number;
  /** `none`: the work is idempotent by itself, and nothing is remembered. Or a ledger of one's own. Default: the table of the contract's LEDGER_TABLE. */
  readonly ledger?: 'none' | Ledger;
  /** Where messages come from, beside the SQS queue that every consumer has. Default: nowhere else. */
  readonly source?: Source;
  /** Default: Powertools' own. */
  readonly logger?: ConsumerLogger;
}
