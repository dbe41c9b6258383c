import { el, setText } from '../dom';
import { count, seconds } from '../format';
import { laneWords } from '../lanes';
import type { LaneInfo, LaneSnapshot, Snapshot } from '../wire';
import { FIGURES } from './figures';

const COLUMNS: readonly (readonly [heading: string, value: (lane: LaneSnapshot) => string])[] = [
  [FIGURES.waiting.word, ({ waiting, inFlight }) => count(waiting + inFlight)],
  [FIGURES.parked.word, ({ parked }) => (parked === undefined ? '–' : count(parked))],
  [FIGURES.done.word, ({ done }) => count(done)],
  [FIGURES.wasted.word, ({ wastedSeconds }) => seconds(wastedSeconds)],
];

/** All lanes in one small table that stays in view where they don't fit side by side. */
export function buildBoard(table: HTMLTableElement, lanes: readonly LaneInfo[]): (snapshot: Snapshot) => void {
  const rows = lanes.map(({ name }) => {
    const cells = COLUMNS.map(() => el('td', {}, '–'));
    const link = el('a', { href: `#lane-${name}` }, laneWords(name).title);
    return { name, cells, element: el('tr', {}, el('th', { scope: 'row' }, link), ...cells) };
  });
  const head = el('tr', {}, el('td', {}), ...COLUMNS.map(([heading]) => el('th', { scope: 'col' }, heading)));
  table.replaceChildren(
    ...table.querySelectorAll('caption'),
    el('thead', {}, head),
    el('tbody', {}, ...rows.map(({ element }) => element)),
  );
  return ({ lanes: now }) => {
    for (const { name, cells } of rows) {
      const lane = now[name];
      if (!lane) continue;
      COLUMNS.forEach(([, value], index) => {
        const cell = cells[index];
        if (cell) setText(cell, value(lane));
      });
    }
  };
}
