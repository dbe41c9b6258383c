import type { JudgedGroup } from '../../functions/desk/core/desk';
import { el, setText } from '../dom';
import { ago, count, plural } from '../format';
import { choice, labelled, queueName, titleOf, verdictBadge } from './controls';
import { linkTo, type Place } from './place';
import { VirtualList } from './virtual-list';

const shows = ({ cause, verdict }: JudgedGroup, { queue, reason, verdict: asked }: Place): boolean =>
  (queue === undefined || cause.queue === queue) &&
  (reason === undefined || cause.reason === reason) &&
  (asked === undefined || verdict === asked);

/** Nothing is chosen; the filters stay. */
const NOWHERE = { where: undefined, consumer: undefined, group: undefined, letter: undefined, status: undefined };

/** Most to do first. */
const inOrder = (groups: readonly JudgedGroup[]): JudgedGroup[] =>
  [...groups].sort(
    (a, b) =>
      (b.counts.open ?? 0) - (a.counts.open ?? 0) || b.lastSeen.localeCompare(a.lastSeen) || a.id.localeCompare(b.id),
  );

/** The groups, filtered by what the address says. */
export class GroupList {
  readonly element: HTMLElement;
  private readonly filters = el('div', { class: 'filters' });
  private readonly heading = el('h2', {}, 'Groups');
  private readonly empty = el('p', { class: 'empty', hidden: true });
  private readonly list: VirtualList<JudgedGroup>;
  private readonly query = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', maxlength: 2000 });
  private groups: readonly JudgedGroup[] = [];
  private place: Place = {};
  /** What the filters offer, as text: drawn again only when it is something else. */
  private offered = '';

  constructor(private readonly go: (place: Place) => void) {
    this.list = new VirtualList<JudgedGroup>({
      label: 'Groups',
      estimate: 96,
      key: ({ id }) => id,
      row: (group) => this.row(group),
    });
    this.element = el('section', { class: 'groups', 'aria-label': 'Groups', id: 'groups', tabindex: -1 });
    this.element.append(this.finder(), this.heading, this.filters, this.empty, this.list.element);
    setText(this.empty, 'Looking…');
    this.empty.hidden = false;
  }

  /** What is looked for in the letters of every group. */
  private finder(): HTMLElement {
    const form = el('form', { class: 'finder', role: 'search' });
    this.query.setAttribute('placeholder', 'id:order-1 or text:"two words"');
    form.append(labelled('Find letters', this.query), el('button', { type: 'submit' }, 'Find'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const where = this.query.value.trim();
      this.go({ ...this.place, ...NOWHERE, where: where || undefined });
    });
    return form;
  }

  find(id: string): JudgedGroup | undefined {
    return this.groups.find((group) => group.id === id);
  }

  show(groups: readonly JudgedGroup[], place: Place): void {
    const moved = place.group !== this.place.group;
    if (place.where !== this.place.where) this.query.value = place.where ?? '';
    this.groups = groups;
    this.place = place;
    const shown = inOrder(groups).filter((group) => shows(group, place));
    setText(
      this.heading,
      shown.length === groups.length
        ? plural(groups.length, 'group')
        : `${count(shown.length)} of ${plural(groups.length, 'group')}`,
    );
    this.offer();
    this.empty.hidden = shown.length > 0;
    setText(
      this.empty,
      groups.length === 0
        ? 'No dead letters. What can’t be handled comes here, grouped by its cause.'
        : 'No group is like that. Choose other filters.',
    );
    this.list.element.hidden = shown.length === 0;
    this.list.show(shown);
    if (moved && place.group) this.list.reveal(place.group);
  }

  private offer(): void {
    const { queue, reason, verdict } = this.place;
    const of = (value: (group: JudgedGroup) => string) => [...new Set(this.groups.map(value))].sort();
    const [queues, reasons] = [of(({ cause }) => cause.queue), of(({ cause }) => cause.reason)];
    const offered = JSON.stringify([queues, reasons, queue, reason, verdict]);
    if (offered === this.offered) return;
    this.offered = offered;
    const focused = this.filters.contains(document.activeElement)
      ? document.activeElement?.closest('label')?.textContent
      : undefined;
    const filter = (
      label: string,
      name: 'queue' | 'reason' | 'verdict',
      values: readonly string[],
      word = (value: string) => value,
    ) =>
      choice(
        label,
        [['', 'all'], ...values.map((value) => [value, word(value)] as const)],
        this.place[name] ?? '',
        (value) => this.go({ ...this.place, [name]: value || undefined }),
      );
    this.filters.replaceChildren(
      filter('Queue', 'queue', queues, queueName),
      filter('Reason', 'reason', reasons),
      filter('Verdict', 'verdict', ['fix', 'release', 'leave']),
    );
    if (focused) {
      for (const label of this.filters.querySelectorAll('label'))
        if (label.textContent === focused) label.querySelector('select')?.focus();
    }
  }

  private row(group: JudgedGroup): HTMLAnchorElement {
    const { id, cause, counts, lastSeen, owner } = group;
    const open = counts.open ?? 0;
    const row = el('a', {
      class: 'row',
      href: linkTo({ ...this.place, ...NOWHERE, group: id }),
    });
    if (id === this.place.group) row.setAttribute('aria-current', 'true');
    const under = [queueName(cause.queue), ago(Date.parse(lastSeen), Date.now()), owner].filter(Boolean).join(' · ');
    row.append(
      verdictBadge(group),
      el('span', { class: 'title' }, titleOf(cause)),
      el('span', { class: 'tally' }, el('b', {}, count(open)), ' open'),
      el('span', { class: 'error' }, cause.errorClass),
      el('span', { class: 'muted under' }, under),
    );
    return row;
  }
}
