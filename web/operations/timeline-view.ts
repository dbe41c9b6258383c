import { el } from '../dom';
import { clock } from '../format';
import type { Snapshot } from '../wire';
import { type Happening, happenings } from './timeline';

const MOST = 200;

export interface TimelineView {
  /** Begins anew with these. */
  replay(kept: readonly Snapshot[]): void;
  show(fresh: readonly Snapshot[]): void;
  /** What no snapshot says, for example a canary's verdict. */
  note(text: string): void;
}

/** What happened, newest first, while the pages' server kept it or this page was open. */
export function buildTimeline(place: HTMLElement): TimelineView {
  const list = el('ol', { class: 'timeline-list', tabindex: 0, 'aria-label': 'What happened, newest first' });
  const none = el(
    'p',
    { class: 'hint' },
    'Nothing yet: faults, breakers, canaries, releases and holds are listed here.',
  );
  place.replaceChildren(el('h2', {}, 'What happened'), none, list);
  let last: Snapshot | undefined;

  const add = ({ at, text }: Happening) => {
    list.prepend(el('li', {}, el('time', { datetime: new Date(at).toISOString() }, clock(at)), el('span', {}, text)));
    while (list.children.length > MOST) list.lastElementChild?.remove();
    none.hidden = true;
  };
  const show = (fresh: readonly Snapshot[]) => {
    for (const snapshot of fresh) {
      if (last) happenings(last, snapshot).forEach(add);
      last = snapshot;
    }
  };
  return {
    show,
    replay: (kept) => {
      list.replaceChildren();
      none.hidden = false;
      last = undefined;
      show(kept);
    },
    note: (text) => add({ at: Date.now(), text }),
  };
}
