import { begin, later, startsAgain } from './entry';
import type { Begun, Claim, Ledger, LedgerEntry, Note, Release } from './ledger';

interface Kept extends LedgerEntry {
  readonly roundAt: string;
  readonly roundsSeen: readonly string[];
  readonly crashesSeen: readonly string[];
  readonly keep?: Readonly<Record<string, string | number>> | undefined;
}

/** A ledger in memory, for tests: it decides as the one in DynamoDB does, and a contract test holds both to it. */
export class MemoryLedger implements Ledger {
  private readonly entries = new Map<string, Kept>();

  async begin(claim: Claim): Promise<Begun> {
    const before = this.entries.get(claim.id);
    const begun = begin(before, claim);
    if (begun.state !== 'claimed') return begun;
    const again = before !== undefined && startsAgain(before, claim);
    const now = claim.now.toISOString();
    const roundAt = later(claim.sentAt, claim.now);
    this.entries.set(claim.id, {
      id: claim.id,
      status: 'in-progress',
      fingerprint: claim.fingerprint,
      firstSeen: before?.firstSeen ?? claim.sentAt.toISOString(),
      updatedAt: now,
      deliveries: (before?.deliveries ?? 0) + 1,
      rounds: again ? 0 : (before?.rounds ?? 0),
      roundsSeen: again ? [] : (before?.roundsSeen ?? []),
      roundAt: again ? roundAt : (before?.roundAt ?? roundAt),
      crashes: again ? 0 : (before?.crashes ?? 0),
      crashesSeen: again ? [] : (before?.crashesSeen ?? []),
      repairAt: again ? undefined : before?.repairAt,
      sentAgain: claim.sentAgain ?? before?.sentAgain,
      detail: again ? undefined : before?.detail,
      askedAt: again ? now : (before?.askedAt ?? now),
      keep: again ? { ...before?.keep, ...claim.keep } : { ...claim.keep, ...before?.keep },
      claim: { owner: claim.owner, until: claim.until.toISOString() },
    });
    return begun;
  }

  async finish({ id }: Claim, result: unknown, now: Date): Promise<void> {
    const entry = this.entries.get(id);
    if (!entry || entry.status === 'done') return;
    const { claim, detail, askedAt, repairAt, ...rest } = entry;
    const kept = result === undefined ? {} : { result: JSON.parse(JSON.stringify(result)) as unknown };
    this.entries.set(id, {
      ...rest,
      ...kept,
      status: 'done',
      crashes: 0,
      crashesSeen: [],
      updatedAt: now.toISOString(),
    });
  }

  async release({ id, owner }: Claim, { status, detail, now, keyUnused }: Release): Promise<void> {
    const entry = this.entries.get(id);
    if (entry?.claim?.owner !== owner) return;
    const { claim, askedAt, ...rest } = entry;
    this.entries.set(id, {
      ...rest,
      status,
      detail,
      ...(status !== 'repair' && { crashes: 0, crashesSeen: [] }),
      updatedAt: now.toISOString(),
      ...(!keyUnused && { askedAt }),
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
        roundsSeen: [],
        crashes: 0,
        crashesSeen: [],
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
