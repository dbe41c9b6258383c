import { button, el, setText } from './dom';
import { clock } from './format';

const MOST = 5;

/** What a person asked for and didn't get: it stays until they have read it and put it away. */
export function buildFailures(place: HTMLElement): (error: unknown) => void {
  const rows = new Map<string, { element: HTMLElement; when: HTMLElement }>();
  return (error) => {
    const text = error instanceof Error ? error.message : String(error);
    const known = rows.get(text);
    if (known) return setText(known.when, clock(Date.now()));
    const when = el('time', {}, clock(Date.now()));
    const dismiss = button('Dismiss', 'action', () => {
      element.remove();
      rows.delete(text);
    });
    const element = el('p', { class: 'failure' }, when, el('span', {}, text), dismiss);
    rows.set(text, { element, when });
    place.prepend(element);
    for (const [oldest, row] of [...rows].slice(0, -MOST)) {
      row.element.remove();
      rows.delete(oldest);
    }
  };
}
