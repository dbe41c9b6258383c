import type { JudgedGroup } from '../../functions/desk/core/desk';
import { type Letter, STATUSES, type Status } from '../../functions/desk/core/letter';
import { el, setText } from '../dom';
import { count } from '../format';
import { consumerName, isOperated } from './consumer-list';
import {
  allowed,
  choice,
  facts,
  inTheShell,
  labelled,
  letterRow,
  queueName,
  runbookLink,
  statusWord,
  time,
  titleOf,
  verdictBadge,
} from './controls';
import { GroupHistory } from './group-history';
import { linkTo, type Place } from './place';
import { SendGroup } from './send-group';
import type { Session } from './session';
import { trendChart } from './trend-chart';
import { VirtualList } from './virtual-list';

/** Letters that are fetched at once. */
const PAGE = 50;

/** One group: what it is and what helps it, its letters, and sending it again. */
export class GroupView {
  readonly element = el('article', { class: 'group' });
  readonly heading: HTMLElement;
  private readonly about = el('div', { class: 'about' });
  private readonly list: VirtualList<Letter>;
  private readonly none = el('p', { class: 'empty' }, 'Looking…');
  private readonly text = el('input', { type: 'search', placeholder: 'in the body', autocomplete: 'off' });
  private readonly trend = el('div', { class: 'arrivals' });
  private readonly history: GroupHistory;
  private readonly sending: SendGroup;
  private letters: Letter[] = [];
  private next: string | undefined;
  private fetching = false;
  /** Which look at the letters is the latest: an answer to one before it is late. */
  private looks = 0;
  private drawn = '';

  constructor(
    private readonly session: Session,
    private group: JudgedGroup,
    private readonly place: Place,
    go: (place: Place) => void,
  ) {
    const { cause, id } = group;
    this.heading = el('h2', { tabindex: -1 }, titleOf(cause));
    this.list = new VirtualList<Letter>({
      label: 'Letters',
      estimate: 64,
      key: (letter) => letter.id,
      row: (letter) => letterRow(letter, linkTo({ ...place, letter: letter.id })),
      atEnd: () => void this.more(),
    });
    this.sending = new SendGroup(session, group);
    this.history = new GroupHistory(session, id);
    const status = choice(
      'Status',
      STATUSES.map((each) => [each, statusWord(each)] as const),
      this.status,
      (value) => go({ ...place, status: value === 'open' ? undefined : value }),
    );
    this.text.addEventListener('change', () => void this.session.attempt(() => this.look()));
    this.element.append(
      el('a', { class: 'back', href: linkTo({ ...place, group: undefined, status: undefined }) }, '← Groups'),
      this.about,
      this.trend,
      el(
        'section',
        { 'aria-label': 'Letters' },
        el(
          'div',
          { class: 'head' },
          el('h3', {}, 'Letters'),
          el('div', { class: 'filters' }, status, labelled('Text', this.text)),
        ),
        this.none,
        this.list.element,
        inTheShell(session, ['List', `list ${id}${this.status === 'open' ? '' : ` --status ${this.status}`}`]),
      ),
      this.sending.element,
      this.history.element,
    );
    this.describe();
  }

  private get status(): Status {
    return (this.place.status ?? 'open') as Status;
  }

  async start(): Promise<void> {
    await Promise.all([this.look(), this.sending.start(), this.history.look(), this.lookAtTrend()]);
  }

  stop(): void {
    this.list.stop();
    this.sending.stop();
  }

  /** What is known of the group now. */
  show(group: JudgedGroup): void {
    const news = JSON.stringify(group.counts) !== JSON.stringify(this.group.counts);
    this.group = group;
    this.describe();
    // Whoever has gone down the list isn't thrown back to its beginning.
    if (news && this.letters.length <= PAGE) void this.session.attempt(() => this.look());
  }

  private describe(): void {
    const { group } = this;
    const said = JSON.stringify(group);
    if (said === this.drawn || this.about.querySelector('form')?.contains(document.activeElement)) return;
    this.drawn = said;
    const { cause, counts, because, firstSeen, lastSeen, verdict, id } = group;
    const total = Object.values(counts).reduce((sum, each) => sum + each, 0);
    const bar = el('div', { class: 'bar-of-counts', 'aria-hidden': 'true' });
    const legend = el('ul', { class: 'legend' });
    for (const each of STATUSES) {
      const number = counts[each] ?? 0;
      if (number === 0) continue;
      const part = el('span', { class: `part status-${each}` });
      part.style.flexGrow = String(number);
      bar.append(part);
      legend.append(el('li', { class: `status-${each}` }, el('b', {}, count(number)), ` ${statusWord(each)}`));
    }
    this.about.replaceChildren(
      this.heading,
      el(
        'div',
        { class: `verdict-note verdict-${verdict}` },
        verdictBadge(group),
        el('ul', {}, ...because.map((each) => el('li', {}, each))),
      ),
      ...(total > 0 ? [bar, legend] : []),
      facts(
        ['Error', cause.errorClass],
        ['Queue', queueName(cause.queue)],
        ['Consumer', this.consumer()],
        ['Runbook', runbookLink(this.session, 'dead-letters')],
        ['Producer', cause.producer],
        ['First seen', time(firstSeen)],
        ['Last seen', time(lastSeen)],
      ),
      this.words(id),
    );
  }

  /** To its breaker and to what is parked. */
  private consumer(): HTMLElement | undefined {
    const queue = this.session.queue(this.group.cause.queue);
    if (!queue || !isOperated(queue)) return undefined;
    return el('a', { href: linkTo({ consumer: queue.settings.queue }) }, consumerName(queue));
  }

  /** Whose it is, and what they know about it. */
  private words(id: string): HTMLElement {
    const { owner = '', note = '' } = this.group;
    const whose = el('input', { value: owner, maxlength: 200, autocomplete: 'off' });
    const known = el('input', { value: note, maxlength: 2000, autocomplete: 'off' });
    const form = el('form', { class: 'words' });
    form.append(
      labelled('Owner', whose),
      labelled('Note', known),
      allowed(this.session, 'describe', 'Note it', '', async () => {
        const noted = await this.session.attempt(
          () => this.session.desk.describe(id, { owner: whose.value, note: known.value }),
          'Noted.',
        );
        if (noted) await this.session.refresh();
      }),
    );
    form.addEventListener('submit', (event) => event.preventDefault());
    return form;
  }

  private async lookAtTrend(): Promise<void> {
    this.trend.replaceChildren(trendChart(await this.session.desk.trend(this.group.id)));
  }

  private async look(): Promise<void> {
    this.looks += 1;
    this.letters = [];
    this.next = undefined;
    await this.fetch();
  }

  private async more(): Promise<void> {
    if (this.next === undefined || this.fetching) return;
    await this.session.attempt(() => this.fetch(this.next));
  }

  /** A search looks into so many letters at a time, and may find none in them: it goes on until there is something to show. */
  private async fetch(after?: string): Promise<void> {
    const { looks } = this;
    this.fetching = true;
    try {
      const text = this.text.value.trim();
      const asked = { status: this.status, limit: PAGE, ...(text && { text }), ...(after && { after }) };
      const { items, next } = await this.session.desk.letters(this.group.id, asked);
      if (looks !== this.looks) return;
      this.letters = [...this.letters, ...items];
      this.next = next;
    } finally {
      if (looks === this.looks) this.fetching = false;
    }
    this.none.hidden = this.letters.length > 0;
    setText(
      this.none,
      this.next
        ? 'None yet; looking on…'
        : `None ${this.text.value ? 'with that text' : `is ${statusWord(this.status)}`}.`,
    );
    this.list.element.hidden = this.letters.length === 0;
    this.list.show(this.letters);
    if (this.letters.length === 0 && this.next !== undefined) await this.fetch(this.next);
  }
}
