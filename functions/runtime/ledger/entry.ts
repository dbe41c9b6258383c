import type { Begun, Claim, LedgerEntry } from './ledger';

/** From what stood before to what a delivery may do. Pure: every ledger decides alike. @param before nothing for an id that nobody has seen */
export function begin(before: LedgerEntry | undefined, claim: Claim): Begun {
  // What was only noted was never begun: a malformed message must not stand in the way of a good one with its id.
  if (!before || before.deliveries === 0) return { state: 'claimed', isNew: true, suspect: false };
  if (startsAgain(before, claim)) return { state: 'claimed', isNew: false, suspect: false };
  // The content is compared before the status: another message under a used id is no duplicate, and must not vanish as one.
  if (before.fingerprint !== claim.fingerprint) return { state: 'conflict' };
  if (before.status === 'done') return { state: 'done', result: before.result };
  // What was sent before it went there has its copy there. What was sent later may be a copy that was parked, or the only one: it is worked on, with all that is counted against it.
  if (before.status === 'repair' && !isLater(before, claim)) return { state: 'in-repair' };
  const { claim: other } = before;
  if (other && other.owner !== claim.owner && Date.parse(other.until) > claim.now.getTime()) {
    return { state: 'busy', until: new Date(other.until) };
  }
  const askedAt = before.askedAt === undefined ? undefined : new Date(before.askedAt);
  const suspect = (other !== undefined && other.owner !== claim.owner) || before.crashes > 0;
  return { state: 'claimed', isNew: false, askedAt, suspect };
}

/** True for what lies in repair and was sent again by a person: with the content that was mended, and nothing counted against it. */
export const startsAgain = (before: LedgerEntry, claim: Claim): boolean =>
  before.deliveries > 0 &&
  before.status === 'repair' &&
  (claim.sentAgain !== undefined
    ? claim.sentAgain !== before.sentAgain
    : before.fingerprint !== claim.fingerprint && isLater(before, claim));

const isLater = ({ repairAt = '' }: LedgerEntry, { sentAt }: Claim): boolean => sentAt.toISOString() > repairAt;

/** Clocks of a queue and of a function differ by some milliseconds: a message must not seem to be sent after it was seen. */
export const later = (one: Date, other: Date): string =>
  new Date(Math.max(one.getTime(), other.getTime())).toISOString();
