import { begin, later, startsAgain } from './entry';
import type { Begun, Claim, Ledger, LedgerEntry, Note, Release } from './ledger';

interface Kept extends LedgerEntry {
  readonly roundAt: string;
  readonly roundsSeen: readonly string[];
  readonly crashesSeen: readonly string[];
  readonly keep?: Readonly<Record<string, string | number>> | undefined;
}

const NONE: readonly string[] = [];

/** A ledger in memory, for tests: it decides as the one in DynamoDB does, and a contract test holds both to it. */
export class MemoryLedger implements Ledger {
  private readonly entries = new Map<string, Kept>();

  async begin(claim: Claim): Promise<Begun> {
    const before = this.entries.get(claim.id);
    const begun = begin(before, claim);
    if (begun.state !== 'claimed') return begun;
    const now = claim.now.toISOString();
    const again = before !== undefined && startsAgain(before, claim);
    const sentAt = claim.sentAt.toISOString();
    const roundAt = claim.sentAt > claim.now ? sentAt : now;
    const open = { owner: claim.owner, until: claim.until.toISOString() };
    if (!before) {
      // One flat literal: objects of one shape are quick, and this is what every message costs.
      this.entries.set(claim.id, {
        id: claim.id,
        status: 'in-progress',
        fingerprint: claim.fingerprint,
        firstSeen: sentAt,
        updatedAt: now,
        deliveries: 1,
        rounds: 0,
        roundsSeen: NONE,
        roundAt,
        crashes: 0,
        crashesSeen: NONE,
        repairAt: undefined,
        sentAgain: claim.sentAgain,
        detail: undefined,
        askedAt: now,
        keep: claim.keep,
        result: undefined,
        claim: open,
      });
      return begun;
    }
    this.entries.set(claim.id, {
      ...before,
      ...(again && { rounds: 0, roundsSeen: NONE, roundAt, crashes: 0, crashesSeen: NONE, repairAt: undefined }),
      ...(again && { detail: undefined }),
      status: 'in-progress',
      fingerprint: claim.fingerprint,
      updatedAt: now,
      deliveries: before.deliveries + 1,
      sentAgain: claim.sentAgain ?? before.sentAgain,
      askedAt: again ? now : (before.askedAt ?? now),
      keep: again ? { ...before.keep, ...claim.keep } : { ...claim.keep, ...before.keep },
      claim: open,
    });
    return begun;
  }

  async finish({ id }: Claim, result: unknown, now: Date): Promise<void> {
    const entry = this.entries.get(id);
    if (!entry || entry.status === 'done') return;
    this.entries.set(id, {
      ...entry,
      claim: undefined,
      detail: undefined,
      askedAt: undefined,
      repairAt: undefined,
      // As it will be read: what isn't JSON is gone.
      result: result === undefined ? undefined : (JSON.parse(JSON.stringify(result)) as unknown),
      status: 'done',
      crashes: 0,
      crashesSeen: NONE,
      updatedAt: now.toISOString(),
    });
  }

  async release({ id, owner }: Claim, { status, detail, now, keyUnused }: Release): Promise<void> {
    const entry = this.entries.get(id);
    if (entry?.claim?.owner !== owner) return;
    this.entries.set(id, {
      ...entry,
      claim: undefined,
      status,
      detail,
      ...(status !== 'repair' && { crashes: 0, crashesSeen: NONE }),
      updatedAt: now.toISOString(),
      askedAt: keyUnused ? undefined : entry.askedAt,
      ...(status === 'repair' && { repairAt: now.toISOString() }),
    });
  }

  async note({ id, status, detail, fingerprint, sentAt, now }: Note): Promise<void> {
    const entry = this.entries.get(id);
    if (entry && entry.status !== 'retrying' && entry.status !== 'parked') return;
    this.entries.set(id, {
      ...(entry ?? {
        id,
        fingerprint,
        firstSeen: sentAt.toISOString(),
        deliveries: 0,
        rounds: 0,
        roundsSeen: NONE,
        crashes: 0,
        crashesSeen: NONE,
        roundAt: later(sentAt, now),
      }),
      status,
      detail,
      updatedAt: now.toISOString(),
      ...(status === 'repair' && { repairAt: now.toISOString() }),
    });
  }

  async countRound({ id, owner, sentAt, now }: Claim): Promise<number | undefined> {
    const entry = this.entries.get(id);
    const sent = sentAt.toISOString();
    if (entry?.claim?.owner !== owner || !(entry.roundAt < sent || entry.roundsSeen.includes(sent))) return undefined;
    const roundsSeen = [...new Set([...entry.roundsSeen, sent])];
    this.entries.set(id, { ...entry, roundsSeen, rounds: roundsSeen.length, roundAt: later(sentAt, now) });
    return roundsSeen.length;
  }

  async countCrash({ id, owner }: Claim): Promise<number> {
    const entry = this.entries.get(id);
    if (entry?.claim?.owner !== owner) return entry?.crashes || 1;
    const crashesSeen = [...new Set([...entry.crashesSeen, owner])];
    this.entries.set(id, { ...entry, crashesSeen, crashes: crashesSeen.length });
    return crashesSeen.length;
  }

  async find(id: string): Promise<LedgerEntry | undefined> {
    const entry = this.entries.get(id);
    if (!entry) return undefined;
    const { roundAt, roundsSeen, crashesSeen, keep, ...rest } = entry;
    return rest;
  }

  /** Everything that is written, for a test to look at. */
  all(): readonly LedgerEntry[] {
    return [...this.entries.values()];
  }
}
