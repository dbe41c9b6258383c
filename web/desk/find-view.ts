import type { Letter } from '../../functions/desk/core/letter';
import { el, setText } from '../dom';
import { plural } from '../format';
import { inTheShell, letterRow } from './controls';
import { linkTo, type Place } from './place';
import type { Session } from './session';
import { VirtualList } from './virtual-list';

/** Pages that are looked into before somebody has to ask for more: a page may hold none of what is looked for. */
const PAGES_AT_ONCE = 20;

/** Letters of every group that a query holds for. */
export class FindView {
  readonly element = el('article', { class: 'find' });
  readonly heading = el('h2', { tabindex: -1 }, 'Looking…');
  private readonly list: VirtualList<Letter>;
  private letters: readonly Letter[] = [];
  private next: string | undefined;
  private fetching = false;
  private stopped = false;

  constructor(
    private readonly session: Session,
    private readonly where: string,
    place: Place,
  ) {
    this.list = new VirtualList<Letter>({
      label: 'Letters that were found',
      estimate: 64,
      key: ({ id }) => id,
      row: (letter) => letterRow(letter, linkTo({ ...place, letter: letter.id })),
      atEnd: () => void this.more(),
    });
    this.element.append(
      el('a', { class: 'back', href: linkTo({ ...place, where: undefined }) }, '← Groups'),
      this.heading,
      el('p', {}, el('code', {}, where)),
      this.list.element,
      inTheShell(session, ['Find', `search --where '${where.replaceAll("'", "'\\''")}'`]),
    );
  }

  async start(): Promise<void> {
    await this.fetch();
  }

  stop(): void {
    this.stopped = true;
    this.list.stop();
  }

  private async more(): Promise<void> {
    if (this.next !== undefined && !this.fetching) await this.session.attempt(() => this.fetch(this.next));
  }

  private async fetch(after?: string): Promise<void> {
    this.fetching = true;
    try {
      let from = after;
      for (let pages = 0; pages < PAGES_AT_ONCE && !this.stopped; pages += 1) {
        const { items, next } = await this.session.desk.search(this.where, from);
        this.letters = [...this.letters, ...items];
        this.next = from = next;
        if (items.length > 0 || next === undefined) break;
      }
    } finally {
      this.fetching = false;
    }
    setText(
      this.heading,
      `${plural(this.letters.length, 'letter')}${this.next === undefined ? '' : ', and there may be more'}`,
    );
    this.list.element.hidden = this.letters.length === 0;
    this.list.show(this.letters);
  }
}
