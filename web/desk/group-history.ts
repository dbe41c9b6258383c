import type { AuditEntry } from '../../functions/desk/core/letter';
import { el } from '../dom';
import { allowed, inTheShell, labelled, time } from './controls';
import type { Session } from './session';

/** What was done to a group and said of it, in order, for whoever takes it over; and a comment that is added. */
export class GroupHistory {
  readonly element: HTMLElement;
  private readonly entries = el('ol', { class: 'history' });
  private readonly text = el('textarea', { rows: 2, maxlength: 2000 });

  constructor(
    private readonly session: Session,
    private readonly group: string,
  ) {
    const form = el('form', { class: 'words' });
    form.append(
      labelled('Comment', this.text),
      allowed(session, 'comment', 'Add it', '', () => this.add()),
    );
    form.addEventListener('submit', (event) => event.preventDefault());
    this.element = el(
      'section',
      { 'aria-label': 'Comments and history' },
      el('h3', {}, 'Comments and history'),
      this.entries,
      form,
      inTheShell(
        session,
        ['Look', `history ${group}`],
        ['Comment', `comment ${group} --text TEXT`],
        ['Hand over', `describe ${group} --owner NAME`],
      ),
    );
  }

  async look(): Promise<void> {
    const entries = await this.session.desk.history(this.group);
    this.entries.hidden = entries.length === 0;
    this.entries.replaceChildren(...entries.map(line));
  }

  private async add(): Promise<void> {
    const { desk } = this.session;
    const added = await this.session.attempt(async () => {
      await desk.comment(this.group, this.text.value.trim());
      await this.look();
    }, 'Added.');
    if (added) this.text.value = '';
  }
}

const line = ({ at, by, what, note, refused }: AuditEntry): HTMLElement =>
  el(
    'li',
    {},
    time(at),
    ' ',
    el('b', {}, by),
    ` ${what}${refused ? `: refused, ${refused}` : ''}${note ? `: ${note}` : ''}`,
  );
