import type { ShownLetter } from '../../functions/desk/core/desk';
import { may } from '../../functions/desk/core/roles';
import type { TimelineEvent } from '../../functions/desk/core/timeline';
import { button, el, setText } from '../dom';
import { allowed, facts, inTheShell, queueName, statusBadge, time } from './controls';
import { difference } from './difference';
import { type Editor, jsonEditor } from './editor';
import { type Layout, layOut } from './layout';
import { linkTo, type Place } from './place';
import type { Session } from './session';

/** One letter: what is wrong with it, an editor, what can be done with it, and everything that was. */
export class LetterView {
  readonly element = el('article', { class: 'letter' });
  readonly heading = el('h2', { tabindex: -1 }, 'Looking…');
  private editor: Editor | undefined;
  private layout: Layout | undefined;
  private shown: ShownLetter | undefined;
  private readonly changes = el('div', { class: 'changes' });

  constructor(
    private readonly session: Session,
    private readonly id: string,
    private readonly place: Place,
  ) {
    this.element.append(this.back(), this.heading);
  }

  /** Whether there is something typed that nobody has saved. */
  get isDirty(): boolean {
    return this.editor !== undefined && this.body !== this.shown?.content.body;
  }

  async start(reveal = false): Promise<void> {
    const shown = await this.session.desk.show(this.id, reveal);
    const { businessId } = shown.letter;
    const events = businessId === undefined ? [] : await this.session.desk.timeline(businessId);
    this.draw(shown, events);
  }

  private get body(): string {
    const text = this.editor?.text() ?? '';
    return this.layout?.restore(text) ?? text;
  }

  private back(): HTMLElement {
    return el(
      'a',
      { class: 'back', href: linkTo({ ...this.place, letter: undefined }) },
      this.place.where && !this.place.group ? '← What was found' : '← The group',
    );
  }

  private draw(shown: ShownLetter, events: readonly TimelineEvent[]): void {
    this.shown = shown;
    const { letter, content, masked, faults } = shown;
    const open = letter.status === 'open';
    this.layout = layOut(content.body);
    const editable = open && !masked && !letter.encoding && may(this.session.actor, 'edit');
    this.editor = jsonEditor({
      label: 'Body of the message',
      text: this.layout.text,
      faults,
      readOnly: !editable,
      changed: () => this.compare(),
    });
    setText(this.heading, letter.businessId ?? 'no id');
    this.compare();
    this.element.replaceChildren(
      this.back(),
      el('div', { class: 'head' }, this.heading, statusBadge(letter.status)),
      el('p', { class: 'lead' }, letter.note ?? letter.detail),
      ...this.faults(),
      ...(masked ? [el('p', { class: 'note' }, 'What is sensitive is hidden. Who reveals it is written down.')] : []),
      el('h3', {}, 'Body'),
      this.editor.element,
      this.changes,
      this.actions(open, masked),
      attributes(shown),
      el('h3', {}, 'History'),
      history(shown, events, this.place),
    );
  }

  private faults(): HTMLElement[] {
    const { faults = [] } = this.shown ?? {};
    if (faults.length === 0) return [];
    const rows = faults.map(({ path, message }) =>
      el(
        'li',
        {},
        button(path || 'the whole', 'place', () => this.editor?.goTo(path)),
        ' ',
        message,
      ),
    );
    return [el('ul', { class: 'faults', 'aria-label': 'Faults' }, ...rows)];
  }

  /** What would be saved, beside what is. */
  private compare(): void {
    const dirty = this.isDirty;
    this.changes.hidden = !dirty;
    if (!dirty) {
      this.changes.replaceChildren();
      return;
    }
    this.changes.replaceChildren(el('h3', {}, 'Your changes'), difference(this.shown?.content.body ?? '', this.body));
  }

  private actions(open: boolean, masked: boolean): HTMLElement {
    const { session, id } = this;
    const { letter } = this.shown as ShownLetter;
    const why = el('input', { placeholder: 'why', autocomplete: 'off', maxlength: 2000, 'aria-label': 'Why' });
    const other = el('input', { type: 'checkbox' });
    const act = (what: string, body: () => object, done: string) => async () => {
      if (this.isDirty) return session.say('Save your changes first, or take them back.', 'bad');
      const changed = await session.attempt(
        () => session.desk.act(id, what, { version: letter.version, ...body() }),
        done,
      );
      if (changed) await this.again();
    };
    const name = letter.businessId ?? 'The letter';
    const closing = () => ({ why: why.value });
    const rows: HTMLElement[] = [];
    if (masked) {
      rows.push(
        el(
          'div',
          { class: 'actions' },
          allowed(session, 'reveal', 'Reveal', '', () => session.attempt(() => this.start(true)).then(() => {})),
        ),
      );
    }
    if (open) {
      rows.push(
        el(
          'div',
          { class: 'actions' },
          allowed(session, 'edit', 'Save', '', () => this.save(other.checked)),
          allowed(
            session,
            'send',
            'Send',
            'main',
            act('send', () => ({}), `${name} is sent.`),
          ),
          el('label', { class: 'tick' }, other, ' another business id is meant'),
        ),
        el(
          'div',
          { class: 'actions' },
          why,
          allowed(session, 'set aside', 'Set aside', '', act('set-aside', closing, `${name} is set aside.`)),
          allowed(
            session,
            'discard',
            'Discard',
            'danger',
            act('discard', closing, `${name} is discarded; it can be reopened.`),
          ),
        ),
      );
    }
    if (['set-aside', 'discarded'].includes(letter.status)) {
      rows.push(
        el(
          'div',
          { class: 'actions' },
          allowed(
            session,
            'reopen',
            'Reopen',
            'main',
            act('reopen', () => ({}), `${name} is open again.`),
          ),
        ),
      );
    }
    const shell: (readonly [string, string])[] = [['Show', `show ${id}`]];
    if (masked) shell.push(['Reveal', `show ${id} --reveal`]);
    if (open) {
      shell.push(['Save', `edit ${id}`], ['Send', `send ${id}`]);
      shell.push(['Set aside', `set-aside ${id} --why TEXT`], ['Discard', `discard ${id} --why TEXT`]);
    } else if (['set-aside', 'discarded'].includes(letter.status)) shell.push(['Reopen', `reopen ${id}`]);
    return el('div', { class: 'doing' }, ...rows, inTheShell(session, ...shell));
  }

  private async save(newId: boolean): Promise<void> {
    const { session, id, shown } = this;
    if (!shown) return;
    await session.attempt(async () => {
      const { faults } = await session.desk.edit(id, { version: shown.letter.version, body: this.body, newId });
      await this.again();
      const [fault] = faults;
      if (fault) session.say(`Saved; it still doesn’t fit: ${fault.path} ${fault.message}`, 'bad');
      else session.say('Saved; it fits.', 'good');
    });
  }

  private async again(): Promise<void> {
    await this.start();
    this.heading.focus();
    await this.session.refresh();
  }
}

function attributes({ letter, content }: ShownLetter): HTMLElement {
  const { cause, sentAt, keptAt, messageId, encoding, fifoGroup } = letter;
  return el(
    'details',
    { class: 'attributes' },
    el('summary', {}, 'Attributes and origin'),
    facts(
      ['Queue', queueName(cause.queue)],
      ['Message', messageId],
      ['Message group', fifoGroup],
      ['Sent', time(sentAt)],
      ['Kept', time(keptAt)],
      ['Encoding', encoding],
      ...Object.entries(content.attributes).map(([name, { type, value }]) => [`${name} (${type})`, value] as const),
    ),
  );
}

/** Everything that became of a business id, in order: with its consumer, with this letter, and with every other that it had. Without an id, of this letter alone. */
function history({ letter, audit, sameId }: ShownLetter, events: readonly TimelineEvent[], place: Place): HTMLElement {
  const own = (): TimelineEvent[] => [
    { at: letter.sentAt, what: 'sent to the queue', letter: letter.id },
    ...audit.map(({ at, by, what, note, refused }) => ({ at, by, note, what: refused ? `${what}: refused` : what })),
  ];
  const all = events.length > 0 ? events : own();
  return el('ol', { class: 'history' }, ...all.map(line));

  function line({ at, what, by, note, letter: of }: TimelineEvent): HTMLElement {
    const other = of !== undefined && of !== letter.id ? sameId.find(({ id }) => id === of) : undefined;
    const link = other && linkTo({ ...place, group: other.group, letter: other.id, status: undefined });
    return el(
      'li',
      {},
      time(at),
      ' ',
      by && el('b', {}, by),
      ` ${what}${note ? `: ${note}` : ''}`,
      link && ' ',
      link && el('a', { href: link }, 'another letter of this id'),
    );
  }
}
