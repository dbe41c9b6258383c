import type { Outcome, RetryPolicy } from './decide';
import type { ConsumerLogger } from './definition';
import type { Ledger } from './ledger/ledger';
import type { Message } from './message';
import type { RepairNote } from './note';

/** Milliseconds kept back for recording what happened, or handing it over, when the invocation itself is about to end. */
export const RESERVE_MS = 1500;

/** What a canary says of the dependency; `none`: there is none to ask. */
export type CanaryColour = 'green' | 'red' | 'none';

/** Everything outside that handling a message touches. */
export interface Ports {
  readonly ledger: Ledger | undefined;
  /** Whether the dependency works for others at this moment. Never throws. */
  canary(): Promise<CanaryColour>;
  sendToRepair(message: Message, note: RepairNote): Promise<void>;
  retry(message: Message, seconds: number): Promise<void>;
  /** Calls the dependency behind its breaker, if it has one. */
  protect(call: () => Promise<Outcome>): Promise<Outcome>;
  /** Milliseconds until the invocation is ended. */
  remaining(): number;
  now(): Date;
  random(): number;
  /** A name that no other delivery has. */
  owner(message: Message): string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: ConsumerLogger;
}

export interface Settings {
  readonly policy: RetryPolicy;
  /** Milliseconds that `work` may take. */
  readonly timeout: number;
  /** Milliseconds that the invocation had when it began. */
  readonly budget: number;
}
