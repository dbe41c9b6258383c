import { type Child, el } from './dom';

let made = 0;

/** A word that says what it means when it is pressed, by finger, mouse or key; Escape or a press elsewhere puts the meaning away. */
export function explained(word: string, ...meaning: Child[]): HTMLElement {
  made += 1;
  const id = `meaning-${made}`;
  const note = el('div', { class: 'meaning-note', id, popover: 'auto' }, ...meaning);
  const press = el('button', { type: 'button', class: 'explained', popovertarget: id }, word);
  note.addEventListener('toggle', () => {
    if (note.matches(':popover-open')) putBelow(note, press);
  });
  return el('span', { class: 'explained-word' }, press, note);
}

/** Below the word, and within the window: above it where there is no room below. */
function putBelow(note: HTMLElement, word: HTMLElement): void {
  const at = word.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = at.bottom + 4;
  note.style.left = `${Math.max(8, Math.min(at.left, clientWidth - width - 8))}px`;
  note.style.top = `${below + height > clientHeight - 8 ? Math.max(8, at.top - height - 4) : below}px`;
}
