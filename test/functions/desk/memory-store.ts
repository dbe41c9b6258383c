import type { QueueSettings } from '../../../functions/desk/contract';
import type { AuditEntry, Content, Group, Letter, Status, WholeLetter } from '../../../functions/desk/core/letter';
import type { TierLook } from '../../../functions/desk/core/loss-clock';
import { NO_COUNTS, type Release, type ReleaseCounts } from '../../../functions/desk/core/release';
import { positionOf, SINGLE } from '../../../functions/desk/core/run-release';
import {
  changed,
  type DeskStore,
  entryOf,
  type LetterChange,
  NotFoundError,
  type Page,
  StaleError,
} from '../../../functions/desk/core/store';
import { hourOf } from '../../../functions/desk/core/trend';

/** The desk's store in memory, for tests; it has to do what the one in DynamoDB does. */
export class MemoryDeskStore implements DeskStore {
  readonly letters = new Map<string, Letter>();
  private readonly contents = new Map<string, Content>();
  private readonly words = new Map<string, { owner?: string; note?: string }>();
  private readonly sent = new Map<string, string>();
  private readonly queues = new Map<string, QueueSettings>();
  private readonly looked = new Map<string, TierLook>();
  private readonly written = new Map<string, Release>();
  readonly audit: AuditEntry[] = [];

  async keep({ content, ...letter }: WholeLetter): Promise<boolean> {
    if (this.letters.has(letter.id)) return false;
    this.letters.set(letter.id, letter);
    this.contents.set(`${letter.id}#1`, content);
    this.audit.push(entryOf(letter, { ...letter.changed, status: 'open' }));
    return true;
  }

  async find(id: string): Promise<Letter | undefined> {
    return this.letters.get(id);
  }

  async content({ id, revision: present }: Letter, revision = present): Promise<Content> {
    const content = this.contents.get(`${id}#${revision}`);
    if (!content) throw new NotFoundError(`letter ${id} has no revision ${revision}`);
    return content;
  }

  async change(seen: Letter, change: LetterChange): Promise<Letter> {
    const now = this.letters.get(seen.id);
    if (!now) throw new NotFoundError(`there is no letter ${seen.id}`);
    if (now.version !== seen.version) throw new StaleError(now);
    const letter = changed(seen, change);
    this.letters.set(letter.id, letter);
    if (change.content) this.contents.set(`${letter.id}#${letter.revision}`, change.content);
    if (letter.status === 'sent' && letter.sending?.messageId) this.sent.set(letter.sending.messageId, letter.id);
    this.audit.push(entryOf(seen, change));
    return letter;
  }

  async list(group: string, status: Status, limit: number, after = ''): Promise<Page<Letter>> {
    const all = this.ordered((one) => one.group === group && one.status === status && positionOf(one) > after);
    const items = all.slice(0, limit);
    const last = items.at(-1);
    return { items, ...(all.length > limit && last && { next: positionOf(last) }) };
  }

  async ofBusinessId(businessId: string): Promise<readonly Letter[]> {
    return this.ordered((one) => one.businessId === businessId);
  }

  async sentAs(messageId: string): Promise<string | undefined> {
    return this.sent.get(messageId);
  }

  async groups(): Promise<readonly Group[]> {
    const groups = new Map<string, Letter[]>();
    for (const letter of this.ordered(() => true))
      groups.set(letter.group, [...(groups.get(letter.group) ?? []), letter]);
    return [...groups].map(([id, letters]) => {
      const counts: Partial<Record<Status, number>> = {};
      for (const { status } of letters) counts[status] = (counts[status] ?? 0) + 1;
      const [first] = letters as [Letter];
      const { owner, note } = this.words.get(id) ?? {};
      const lastSeen = letters.at(-1)?.keptAt ?? '';
      return { id, cause: first.cause, counts, firstSeen: first.keptAt, lastSeen, owner, note };
    });
  }

  async arrivals(group: string, days: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const arrivals = new Map<string, number>();
    for (const { group: of, keptAt } of this.letters.values()) {
      if (of !== group || !days.includes(keptAt.slice(0, 10))) continue;
      arrivals.set(hourOf(keptAt), (arrivals.get(hourOf(keptAt)) ?? 0) + 1);
    }
    return arrivals;
  }

  async describe(group: string, words: { readonly owner?: string; readonly note?: string }): Promise<void> {
    const given = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
    this.words.set(group, { ...this.words.get(group), ...given });
  }

  async record(entry: AuditEntry): Promise<void> {
    this.audit.push(entry);
  }

  async auditOf(of: string): Promise<readonly AuditEntry[]> {
    return this.audit.filter((entry) => entry.of === of).sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  async auditOn(day: string): Promise<Page<AuditEntry>> {
    return { items: this.audit.filter(({ at }) => at.startsWith(day)) };
  }

  async settings(): Promise<readonly QueueSettings[]> {
    return [...this.queues.values()];
  }

  async settle(settings: QueueSettings): Promise<void> {
    this.queues.set(settings.queue, settings);
  }

  async looks(): Promise<readonly TierLook[]> {
    return [...this.looked.values()];
  }

  async noteLook(look: TierLook): Promise<void> {
    this.looked.set(`${look.of}#${look.queue}`, look);
  }

  async release(id: string): Promise<Release | undefined> {
    return this.written.get(id);
  }

  async releases(): Promise<readonly Release[]> {
    return [...this.written.values()];
  }

  async write(release: Release): Promise<boolean> {
    if ((this.written.get(release.id)?.version ?? 0) !== release.version - 1) return false;
    this.written.set(release.id, release);
    return true;
  }

  async counts(release: string): Promise<ReleaseCounts> {
    const counts: Record<string, number> = { ...NO_COUNTS };
    for (const { sending, status } of this.letters.values()) {
      if (sending?.release === release && status in counts) counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts as unknown as ReleaseCounts;
  }

  async ofRelease(release: string, status: Status, limit: number): Promise<readonly Letter[]> {
    const underWay = status === 'sending' || status === 'sent';
    const all = this.ordered(
      (one) =>
        underWay && one.status === status && (one.sending?.release ?? SINGLE) === release && one.sending !== undefined,
    );
    return all.sort((a, b) => ((a.sending?.at ?? '') < (b.sending?.at ?? '') ? -1 : 1)).slice(0, limit);
  }

  private ordered(holds: (letter: Letter) => boolean): Letter[] {
    return [...this.letters.values()].filter(holds).sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
  }
}
