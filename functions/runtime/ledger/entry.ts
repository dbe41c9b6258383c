import type { Begun, Claim, LedgerEntry } from './ledger';

/** From what stood before to what a delivery may do. Pure: every ledger decides alike. @param before nothing for an id that nobody has seen */
export function begin(before: LedgerEntry | undefined, claim: Claim): Begun {
  if (!before) return { state: 'claimed', isNew: true, suspect: false };
  const again = sentAgain(before, claim);
  // The content is compared before the status: another message under a used id is no duplicate, and must not vanish as one.
  if (before.fingerprint !== claim.fingerprint && !again) return { state: 'conflict' };
  if (before.status === 'done') return { state: 'done', result: before.result };
  if (before.status === 'repair' && !again) return { state: 'in-repair' };
  const { claim: other } = before;
  if (other && other.owner !== claim.owner && Date.parse(other.until) > claim.now.getTime()) {
    return { state: 'busy', until: new Date(other.until) };
  }
  const askedAt = before.askedAt === undefined || again ? undefined : new Date(before.askedAt);
  return { state: 'claimed', isNew: false, askedAt, suspect: other !== undefined && other.owner !== claim.owner };
}

/** True for what lies in repair and was sent again by a person: with the content that was mended, its rounds uncounted. */
export const sentAgain = (before: LedgerEntry, { sentAt }: Pick<Claim, 'sentAt'>): boolean =>
  before.status === 'repair' && sentAt.toISOString() > (before.repairAt ?? '');

/** Clocks of a queue and of a function differ by some milliseconds: a message must not seem to be sent after it was seen. */
export const later = (one: Date, other: Date): string =>
  new Date(Math.max(one.getTime(), other.getTime())).toISOString();
