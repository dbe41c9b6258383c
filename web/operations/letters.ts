import { button, el, setText } from '../dom';
import { plural } from '../format';
import { laneWords } from '../lanes';
import { server } from '../server-api';
import type { DeadLetter } from '../wire';
import { FIGURES } from './figures';

/** What the consumer notes on a message that needs a person, in the order in which a person wants it. */
const NOTES = {
  reason: 'Reason',
  detail: 'Detail',
  path: 'Where',
  id: 'Order',
  sentAt: 'First sent',
  piece: 'Piece',
} as const;

/** Shows up to ten messages of a tier in a dialog. */
export async function lookAtLetters(lane: string, tier: 'parked' | 'repair'): Promise<void> {
  const list = el('ol', { class: 'letters' }, el('li', { class: 'loading' }, 'Reading…'));
  const found = el('p', { class: 'quiet', role: 'status' });
  const title = `${FIGURES[tier].word} · ${laneWords(lane).title}`;
  const dialog: HTMLDialogElement = el(
    'dialog',
    { 'aria-label': title },
    el(
      'header',
      {},
      el('h2', {}, title),
      button('Close', 'action', () => dialog.close()),
    ),
    el(
      'p',
      { class: 'hint' },
      'Up to ten, in no particular order. They stay where they are; looking counts as a receive, which has no effect in this queue.',
    ),
    found,
    list,
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try {
    const letters = await server.look(lane, tier);
    setText(found, `${plural(letters.length, 'message')} read.`);
    list.replaceChildren(
      ...(letters.length > 0 ? letters.map(draw) : [el('li', {}, 'Nothing is there at this moment.')]),
    );
  } catch (error) {
    list.replaceChildren(el('li', { class: 'bad' }, (error as Error).message));
  }
}

function draw({ messageId, body, sentAt, attributes }: DeadLetter): HTMLLIElement {
  const note = noteOf(attributes['Spillway.Note']);
  const notes = Object.entries(NOTES).flatMap(([name, label]) => {
    const value = note[name];
    return value ? [el('dt', {}, label), el('dd', {}, value)] : [];
  });
  return el(
    'li',
    {},
    el(
      'dl',
      {},
      ...notes,
      el('dt', {}, 'Sent'),
      el('dd', {}, sentAt),
      el('dt', {}, 'Message'),
      el('dd', {}, messageId),
    ),
    el('pre', { tabindex: 0 }, pretty(body)),
  );
}

function noteOf(text = '{}'): Readonly<Record<string, string | undefined>> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
