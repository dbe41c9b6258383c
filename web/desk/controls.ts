import type { Letter, Status } from '../../functions/desk/core/letter';
import { ACTIONS, type Action, may } from '../../functions/desk/core/roles';
import type { Verdict } from '../../functions/desk/core/verdict';
import { button, type Child, el } from '../dom';
import type { Session } from './session';

let ids = 0;

/** A button that says who may, where this one may not. */
export function allowed(
  session: Session,
  action: Action,
  label: string,
  className: string,
  press: () => void | Promise<void>,
): HTMLElement {
  if (may(session.actor, action)) return button(label, className, press);
  return forbidden(session, label, `Takes ${ACTIONS[action]}; you are ${session.actor.role}.`, className);
}

/** A button that isn't somebody's to press, with why: it stays in reach of the keyboard, and says it again when it is pressed. */
export function forbidden(session: Session, label: string, why: string, className = ''): HTMLElement {
  ids += 1;
  const id = `why-${ids}`;
  const made = el(
    'button',
    { type: 'button', class: `${className} forbidden`, 'aria-disabled': 'true', 'aria-describedby': id },
    label,
  );
  made.addEventListener('click', () => session.say(`${label}: ${why}`, 'bad'));
  return el('span', { class: 'with-why' }, made, el('span', { class: 'why', id }, why));
}

/** What the buttons above do, for the shell: each with its command, to be copied. */
export function inTheShell(
  session: Session,
  ...commands: readonly (readonly [does: string, words: string, command?: string])[]
): HTMLElement {
  const line = ([does, words, command = 'dead-letters']: readonly [string, string, string?]) => {
    const text = `spillway ${command} ${words}`;
    return el(
      'li',
      {},
      el('span', { class: 'muted' }, does),
      el('code', {}, text),
      button('Copy', 'small', () =>
        session.attempt(() => navigator.clipboard.writeText(`npx --no-install ${text}`), 'Copied.').then(() => {}),
      ),
    );
  };
  return el('details', { class: 'shell' }, el('summary', {}, 'In the shell'), el('ul', {}, ...commands.map(line)));
}

/** What helps a group, in a word with a colour. */
export const verdictBadge = ({ verdict }: Pick<Verdict, 'verdict'>): HTMLElement =>
  el('span', { class: `badge verdict-${verdict}` }, verdict);

const ENDS: Readonly<Record<Status, string>> = {
  open: 'open',
  sending: 'being sent',
  sent: 'sent, not yet known',
  done: 'done',
  failed: 'came back',
  unknown: 'unknown',
  'set-aside': 'set aside',
  discarded: 'discarded',
};
export const statusWord = (status: Status): string => ENDS[status];
export const statusBadge = (status: Status): HTMLElement =>
  el('span', { class: `badge status-${status}` }, statusWord(status));

/** A choice with its name before it. */
export function choice(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const select = el('select', {});
  select.append(...options.map(([value, text]) => el('option', { value, selected: value === chosen }, text)));
  select.addEventListener('change', () => choose(select.value));
  return labelled(label, select);
}

export const labelled = (label: string, control: HTMLElement): HTMLElement =>
  el('label', { class: 'field' }, el('span', {}, label), control);

/** Where a rate is asked for: whole messages a second, or none. */
export class RateField {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;

  /** @param unset what holds without one */
  constructor(
    private readonly label: string,
    private readonly most: number,
    unset: string,
  ) {
    this.input = el('input', { type: 'number', min: 1, max: most, step: 1, placeholder: unset });
    this.element = labelled(label, this.input);
  }

  /** As a request has it. @throws with what it takes, for anything else; the field has the focus then */
  get asked(): { readonly rate?: number } {
    if (!this.input.checkValidity()) {
      this.input.focus();
      throw new Error(`${this.label.split(',', 1)}: a whole number from 1 to ${this.most}, or nothing`);
    }
    const rate = this.input.value.trim();
    return rate === '' ? {} : { rate: Number(rate) };
  }
}

/** Facts side by side, each with its name. */
export const facts = (...entries: readonly (readonly [name: string, value: Child])[]): HTMLElement =>
  el(
    'dl',
    { class: 'facts' },
    ...entries
      .filter(([, value]) => value)
      .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );

const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
/** A time of ISO 8601, as the reader's clock says it; the exact one stays with it. */
export const time = (iso: string): HTMLElement => el('time', { datetime: iso }, when.format(new Date(iso)));

/** The last part of an ARN: the queue's name. */
export const queueName = (arn: string): string => arn.split(':').at(-1) ?? arn;

/** A runbook's page, for whoever was woken; nothing where nobody said where the pages are. */
export function runbookLink(session: Session, page: string): HTMLElement | undefined {
  const href = session.runbook(page);
  return href ? el('a', { href, rel: 'noreferrer' }, page) : undefined;
}

export const titleOf = ({ reason, path }: { readonly reason: string; readonly path?: string | undefined }): string =>
  `${reason}${path ? ` at ${path}` : ''}`;

/** A letter in a list. */
export function letterRow(letter: Letter, href: string): HTMLAnchorElement {
  const row = el('a', { class: 'row letter-row', href });
  row.append(
    el('strong', { class: 'title' }, letter.businessId ?? 'no id'),
    el('span', { class: 'muted when' }, time(letter.sentAt)),
    el('span', { class: 'error' }, letter.note ?? letter.detail),
  );
  return row;
}
