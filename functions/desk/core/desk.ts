import type { CanaryColour } from '../../runtime/ports';
import type { QueueSettings } from '../contract';
import type { AuditEntry, Content, Group, Letter, Status } from './letter';
import { lossClock, TIERS, type TierClock } from './loss-clock';
import { hasSensitive, MASK, maskBody, maskContent, maskFaults, quotes } from './masking';
import { businessIdOf, type Fault, faultsOf } from './queue-settings';
import { type Action, type Actor, ForbiddenError, may } from './roles';
import type { ReleasePorts } from './run-release';
import { RefusedError, sendAgain } from './sending';
import { NotFoundError, type Page, StaleError } from './store';
import { daysUntil, type Trend, trendOf } from './trend';
import { judge, type Verdict } from './verdict';

export interface DeskPorts extends ReleasePorts {
  /** The same as `canary`, with what it said. */
  canaryWord(settings: QueueSettings): Promise<{ readonly colour: CanaryColour; readonly detail?: string | undefined }>;
}

export interface JudgedGroup extends Group, Verdict {}

/** An attached queue, and when SQS deletes what lies in its tiers. What the desk has kept is not in them. */
export interface AttachedQueue {
  readonly settings: QueueSettings;
  readonly tiers: readonly TierClock[];
}

/** Everything that is known of a letter. */
export interface ShownLetter {
  readonly letter: Letter;
  readonly content: Content;
  /** What is sensitive is hidden: the body is not what would be sent. */
  readonly masked: boolean;
  readonly faults: readonly Fault[];
  readonly audit: readonly AuditEntry[];
  /** Every letter with its business id, this one among them. */
  readonly sameId: readonly Letter[];
}

/** Letters that a search looks into for one page, all at once. */
const SEARCHED = 100;

/** The dead-letter desk: what the page, the API and the command do. Everything is done for somebody, and written down. */
export class Desk {
  constructor(readonly ports: DeskPorts) {}

  /** @throws ForbiddenError, which is written down as well */
  async permit(actor: Actor, action: Action, of: string): Promise<void> {
    if (may(actor, action)) return;
    const refusal = new ForbiddenError(actor, action);
    await this.record(actor, action, of, { refused: refusal.message });
    throw refusal;
  }

  async groups(actor: Actor): Promise<readonly JudgedGroup[]> {
    await this.permit(actor, 'look', 'groups');
    const [groups, settings] = await Promise.all([this.ports.store.groups(), this.ports.store.settings()]);
    const asked = new Map<string, ReturnType<DeskPorts['canaryWord']>>();
    const canary = (queue: QueueSettings | undefined) => {
      if (!queue?.canary) return Promise.resolve({ colour: 'none' as const, detail: undefined });
      const word = asked.get(queue.canary) ?? this.ports.canaryWord(queue);
      asked.set(queue.canary, word);
      return word;
    };
    return Promise.all(
      groups.map(async (group) => {
        const { colour, detail } = await canary(settings.find(({ queue }) => queue === group.cause.queue));
        const { failed = 0, done = 0 } = group.counts;
        return { ...group, ...judge(group.cause, { canary: colour, canaryDetail: detail, failed, done }) };
      }),
    );
  }

  async queues(actor: Actor): Promise<readonly AttachedQueue[]> {
    await this.permit(actor, 'look', 'queues');
    const [all, looks] = await Promise.all([this.ports.store.settings(), this.ports.store.looks()]);
    return all.map((settings) => ({
      settings,
      tiers: looks
        .filter(({ of }) => of === settings.queue)
        .map((look) => ({ ...look, clock: lossClock(look) }))
        .sort((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier)),
    }));
  }

  /** Letters of a group; `text` is looked for in their bodies. A page may have none though there is a next one: a search looks into so many at a time. */
  async list(actor: Actor, { group, status = 'open', limit = 50, after, text }: ListRequest): Promise<Page<Letter>> {
    await this.permit(actor, 'look', group);
    const { store } = this.ports;
    const settings = await store.settings();
    const hide = (letter: Letter) => this.hidden(letter, settingsFor(letter, settings));
    if (!text) {
      const page = await store.list(group, status, limit, after);
      return { ...page, items: page.items.map(hide) };
    }
    const { items, next } = await store.list(group, status, SEARCHED, after);
    const found: Letter[] = [];
    const contents = await Promise.all(items.map((letter) => store.content(letter)));
    for (const [index, letter] of items.entries()) {
      const { body = '' } = contents[index] ?? {};
      // What somebody may not see can't be searched for either: the answer would tell it.
      if (maskBody(body, settingsFor(letter, settings)?.sensitive ?? []).includes(text)) found.push(hide(letter));
    }
    return { items: found, next };
  }

  async show(actor: Actor, id: string, { reveal = false } = {}): Promise<ShownLetter> {
    await this.permit(actor, reveal ? 'reveal' : 'look', id);
    const { store } = this.ports;
    const letter = await this.find(id);
    const all = await store.settings();
    const settings = settingsFor(letter, all);
    const content = await store.content(letter);
    const audit = await store.auditOf(id);
    const sameId = letter.businessId === undefined ? [letter] : await store.ofBusinessId(letter.businessId);
    const sensitive = settings?.sensitive ?? [];
    const secret = settings !== undefined && hasSensitive(settings);
    const masked = secret && !reveal;
    if (secret && reveal) await this.record(actor, 'revealed', id);
    const faults = faultsOf(content.body, settings);
    return {
      letter: masked ? this.hidden(letter, settings) : letter,
      content: masked ? maskContent(content, settings) : content,
      masked,
      faults: masked ? maskFaults(faults, sensitive) : faults,
      audit: audit.map((entry) =>
        masked && entry.note !== undefined && quotes(letter, sensitive) ? { ...entry, note: MASK } : entry,
      ),
      sameId: masked ? sameId.map((each) => this.hidden(each, settingsFor(each, all))) : sameId,
    };
  }

  /** @param version that was looked at @throws RefusedError where the business id would change and nobody said that it may */
  async edit(
    actor: Actor,
    id: string,
    { version, body, newId = false }: { readonly version: number; readonly body: string; readonly newId?: boolean },
  ): Promise<{ readonly letter: Letter; readonly faults: readonly Fault[] }> {
    const letter = await this.open(actor, 'edit', id, version);
    const settings = settingsFor(letter, await this.ports.store.settings());
    if (letter.encoding)
      throw new RefusedError(`letter ${id} is ${letter.encoding}: it is no whole text that can be edited`);
    if ((settings?.sensitive ?? []).length > 0 && body.includes(MASK)) {
      throw new RefusedError(
        `the body still has ${MASK} in it: reveal it before you edit it, or those values would be lost`,
      );
    }
    const [was, is] = [letter.businessId, businessIdOf(body, settings)];
    if (settings?.idPath && was !== undefined && was !== is && !newId) {
      throw new RefusedError(
        `the message is ${was}, and would be ${is ?? 'without an id'}: ${was} would be gone. If that is meant, say so (new id)`,
      );
    }
    const content = await this.ports.store.content(letter);
    const change = { content: { ...content, body }, businessId: is };
    const edited = await this.change(letter, actor, 'open', 'edited', change);
    return { letter: edited, faults: faultsOf(body, settings) };
  }

  /** @throws RefusedError where it would only come back */
  async send(actor: Actor, id: string, version: number): Promise<Letter> {
    const letter = await this.open(actor, 'send', id, version);
    const settings = settingsFor(letter, await this.ports.store.settings());
    const [fault] = faultsOf((await this.ports.store.content(letter)).body, settings);
    if (fault && !letter.encoding) {
      throw new RefusedError(`it would come back, so it stays: ${fault.path ? `${fault.path}: ` : ''}${fault.message}`);
    }
    return sendAgain(letter, settings, { by: actor.name }, this.ports);
  }

  async setAside(actor: Actor, id: string, version: number, why: string): Promise<Letter> {
    return this.change(await this.open(actor, 'set aside', id, version), actor, 'set-aside', 'set aside', {
      note: why,
    });
  }

  /** Kept for as long as everything that is closed; until then it can be reopened. */
  async discard(actor: Actor, id: string, version: number, why: string): Promise<Letter> {
    if (why.trim() === '') throw new RefusedError('a letter is discarded with a reason; say why');
    const expiresAt = this.ports.expiry(this.ports.now());
    const letter = await this.open(actor, 'discard', id, version);
    return this.change(letter, actor, 'discarded', 'discarded', { note: why, expiresAt });
  }

  async reopen(actor: Actor, id: string, version: number): Promise<Letter> {
    await this.permit(actor, 'reopen', id);
    const letter = await this.find(id);
    if (letter.version !== version) throw new StaleError(letter);
    if (!['set-aside', 'discarded'].includes(letter.status)) {
      throw new RefusedError(`letter ${id} is ${letter.status}; one that was set aside or discarded is reopened`);
    }
    return this.change(letter, actor, 'open', 'reopened', {});
  }

  async describe(
    actor: Actor,
    group: string,
    words: { readonly owner?: string; readonly note?: string },
  ): Promise<void> {
    await this.permit(actor, 'describe', group);
    await this.ports.store.describe(group, words);
    const said = [words.owner !== undefined && `owner ${words.owner}`, words.note].filter(Boolean).join(': ');
    await this.record(actor, 'described', group, { note: said });
  }

  /** Writes down what somebody says of a letter or a group; nobody changes it afterwards. */
  async comment(actor: Actor, of: string, text: string): Promise<void> {
    await this.permit(actor, 'comment', of);
    if (text.trim() === '') throw new RefusedError('a comment has no text');
    const { store } = this.ports;
    const known = (await store.find(of)) ?? (await store.groups()).find(({ id }) => id === of);
    if (!known) throw new NotFoundError(`there is no letter or group ${of}`);
    await this.record(actor, 'commented', of, { note: text });
  }

  /** What was done to a group as a whole and said of it, in order. */
  async history(actor: Actor, group: string): Promise<readonly AuditEntry[]> {
    await this.permit(actor, 'look', group);
    return this.ports.store.auditOf(group);
  }

  /** How many letters of a group came, hour by hour and day by day, the last one not over. */
  async trend(actor: Actor, group: string): Promise<Trend> {
    await this.permit(actor, 'look', group);
    const now = this.ports.now();
    return trendOf(await this.ports.store.arrivals(group, daysUntil(now)), now);
  }

  async attach(actor: Actor, settings: QueueSettings): Promise<void> {
    await this.permit(actor, 'attach', settings.queue);
    await this.ports.store.settle(settings);
    await this.record(actor, 'attached', settings.queue);
  }

  async auditOn(actor: Actor, day: string, after?: string): Promise<Page<AuditEntry>> {
    await this.permit(actor, 'export audit', day);
    return this.ports.store.auditOn(day, after);
  }

  async record(
    { name: by }: Actor,
    what: string,
    of: string,
    more: Pick<AuditEntry, 'refused' | 'note'> = {},
  ): Promise<void> {
    await this.ports.store.record({ at: this.ports.now().toISOString(), by, what, of, ...more });
  }

  async find(id: string): Promise<Letter> {
    const letter = await this.ports.store.find(id);
    if (!letter) throw new NotFoundError(`there is no letter ${id}`);
    return letter;
  }

  /** An open letter that is still as it was looked at. */
  private async open(actor: Actor, action: Action, id: string, version: number): Promise<Letter> {
    await this.permit(actor, action, id);
    const letter = await this.find(id);
    if (letter.version !== version) throw new StaleError(letter);
    if (letter.status !== 'open') {
      throw new RefusedError(
        `letter ${id} is ${letter.status} (${letter.changed.by}, ${letter.changed.at}); to ${action} takes an open one`,
      );
    }
    return letter;
  }

  private change(
    letter: Letter,
    { name: by }: Actor,
    status: Status,
    what: string,
    more: {
      readonly note?: string;
      readonly content?: Content;
      readonly businessId?: string | undefined;
      readonly expiresAt?: number;
    },
  ): Promise<Letter> {
    return this.ports.store.change(letter, { status, by, what, at: this.ports.now().toISOString(), ...more });
  }

  /** A letter as it is shown to who may not see what is sensitive: what went wrong may quote it. */
  hidden(letter: Letter, settings: QueueSettings | undefined): Letter {
    if (!quotes(letter, settings?.sensitive ?? [])) return letter;
    return { ...letter, detail: MASK, ...(letter.note !== undefined && { note: MASK }) };
  }
}

export interface ListRequest {
  readonly group: string;
  readonly status?: Status;
  readonly limit?: number;
  readonly after?: string | undefined;
  readonly text?: string | undefined;
}

export const settingsFor = (
  { cause }: Pick<Letter, 'cause'>,
  all: readonly QueueSettings[],
): QueueSettings | undefined => all.find(({ queue }) => queue === cause.queue);
