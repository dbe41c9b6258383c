import type { QueueSettings } from '../contract';
import type { Letter, Status } from './letter';
import { type DeskStore, StaleError } from './store';

/** What a consumer's ledger says of a business id. */
export interface LedgerWord {
  readonly status: string;
  /** The sending that it is at work on. */
  readonly sentAgain?: string | undefined;
  readonly detail?: string | undefined;
  /** ISO 8601: when the first delivery of it was sent, when it went to repair, and when this was written. */
  readonly firstSeen?: string | undefined;
  readonly repairAt?: string | undefined;
  readonly updatedAt?: string | undefined;
  /** Deliveries that were begun, and releases from parked through which it failed. */
  readonly deliveries?: number | undefined;
  readonly rounds?: number | undefined;
}

/** Seconds in which a letter of a queue that tells nobody anything comes back, if it does. */
export const SETTLE_SECONDS = 900;

export interface Outcome {
  readonly status: Extract<Status, 'done' | 'failed' | 'unknown'>;
  readonly note: string;
}

/** What became of a letter that was sent, as far as it is known. @param word nothing: no ledger knows it */
export function outcomeOf(
  { sending }: Pick<Letter, 'sending'>,
  word: LedgerWord | undefined,
  { ledger, settleSeconds = SETTLE_SECONDS }: Pick<QueueSettings, 'ledger' | 'settleSeconds'>,
  now: Date,
): Outcome | undefined {
  if (word?.status === 'done') return { status: 'done', note: 'the consumer has done it' };
  if (word?.status === 'repair' && word.sentAgain !== undefined && word.sentAgain === sending?.name) {
    return { status: 'failed', note: word.detail ?? 'the consumer sent it to repair again' };
  }
  // A ledger that knows the letter answers in the end.
  if (ledger && word) return undefined;
  const since = now.getTime() - Date.parse(sending?.at ?? '');
  return since > settleSeconds * 1000
    ? { status: 'unknown', note: `it has not come back within ${settleSeconds} s` }
    : undefined;
}

/** What looking for outcomes touches outside. */
export interface OutcomePorts {
  readonly store: DeskStore;
  /** What the ledger of a queue's consumer says of a business id; nothing where it doesn't know it. */
  ledger(settings: QueueSettings, businessId: string): Promise<LedgerWord | undefined>;
  now(): Date;
  /** Milliseconds since 1970 at which a letter that is closed now may be forgotten. */
  expiry(now: Date): number;
}

/** Writes down what became of letters that were sent. @returns how many it is known of now */
export async function settleOutcomes(
  letters: readonly Letter[],
  settingsOf: (letter: Letter) => QueueSettings | undefined,
  ports: OutcomePorts,
): Promise<number> {
  let settled = 0;
  for (const letter of letters) {
    const settings = settingsOf(letter);
    if (!settings) continue;
    const word =
      settings.ledger && letter.businessId !== undefined ? await ports.ledger(settings, letter.businessId) : undefined;
    const now = ports.now();
    const outcome = outcomeOf(letter, word, settings, now);
    if (outcome && (await close(letter, outcome, ports))) settled += 1;
  }
  return settled;
}

/** Somebody else may have said so at the same moment: the first end stands. */
async function close(letter: Letter, { status, note }: Outcome, ports: OutcomePorts): Promise<boolean> {
  const now = ports.now();
  try {
    await ports.store.change(letter, {
      status,
      note,
      by: 'desk',
      at: now.toISOString(),
      what: status,
      expiresAt: ports.expiry(now),
    });
    return true;
  } catch (error) {
    if (error instanceof StaleError) return false;
    throw error;
  }
}

/** A dead letter that came back: the one that was sent as it has failed. Repeated for every delivery of it, so that dying in between loses nothing. */
export async function noteReturn(back: Letter, ports: Pick<OutcomePorts, 'store' | 'now' | 'expiry'>): Promise<void> {
  const before = await ports.store.sentAs(back.originId);
  const letter = before === undefined ? undefined : await ports.store.find(before);
  if (!letter || (letter.status !== 'sent' && letter.status !== 'unknown')) return;
  const now = ports.now();
  try {
    await ports.store.change(letter, {
      ...{ status: 'failed', what: 'came back', note: back.detail, cameBackAs: back.id },
      ...{ by: 'desk', at: now.toISOString(), expiresAt: ports.expiry(now) },
    });
  } catch (error) {
    if (!(error instanceof StaleError)) throw error;
    await noteReturn(back, ports);
  }
}
