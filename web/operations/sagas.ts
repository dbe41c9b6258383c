import { button, el, setAttribute, setText } from '../dom';
import { ago, clock } from '../format';
import { type Icon, icon } from '../icons';
import { laneWords } from '../lanes';
import { sagaPicture } from '../saga-picture';
import { sagaSvg } from '../saga-picture-svg';
import { type SagaTrouble, sagaTrouble } from '../saga-trouble';
import { server } from '../server-api';
import type { SagaSummary } from '../wire';

const REFRESH_MS = 1_500;

const STATUSES: Readonly<Record<string, readonly [icon: Icon, word: string]>> = {
  RUNNING: ['clock', 'running'],
  SUCCEEDED: ['check', 'ended'],
  PENDING_REDRIVE: ['retry', 'tried again soon'],
};
const NEEDS_HELP: readonly [Icon, string] = ['person', 'parked'];

/** The runbook in one sentence: docs/runbooks/saga-parked.md. */
const WHAT_TO_DO =
  'A person has to mend what is behind this task and then resume the saga: npx --no-install spillway saga resume --saga <state machine ARN> --all. The local emulator cannot resume.';

/** The sagas of a lane: the latest on the left, the chosen one drawn from its definition and its history. */
export function buildSagas(place: HTMLElement, lane: string, order: () => Promise<void>): void {
  const { title, about } = laneWords(lane);
  const list = el('ol', { class: 'saga-list', 'aria-label': 'Latest sagas' });
  const drawing = el('div', { class: 'saga-drawing' });
  const words = el('p', { class: 'hint' });
  const failing = el('p', { class: 'held', role: 'status' });
  const trouble = el('p', { class: 'alarm', role: 'alert', hidden: true });
  const rows = new Map<string, { element: HTMLElement; show(saga: SagaSummary, chosen: boolean): void }>();
  let wanted: string | undefined;
  let drawn = '';

  const row = (name: string) => {
    const state = el('span', { class: 'saga-status' });
    const when = el('span', { class: 'hint' });
    const choose = button('', 'saga-choice', async () => {
      wanted = name;
      await refresh();
    });
    choose.append(el('span', {}, `Order ${name.slice(0, 8)}`), state, when);
    const show = ({ status, startedAt }: SagaSummary, chosen: boolean) => {
      const [shape, word] = STATUSES[status] ?? NEEDS_HELP;
      if (state.textContent !== word) state.replaceChildren(icon(shape), word);
      setText(when, ago(startedAt, Date.now()));
      setAttribute(choose, 'aria-pressed', String(chosen));
    };
    return { element: el('li', {}, choose), show };
  };

  const refresh = async () => {
    const sagas = await server.sagas(lane);
    const names = new Set(sagas.map(({ name }) => name));
    for (const name of [...rows.keys()].filter((one) => !names.has(one))) rows.delete(name);
    const chosen = wanted && names.has(wanted) ? wanted : sagas[0]?.name;
    const elements = sagas.map((saga) => {
      const known = rows.get(saga.name) ?? row(saga.name);
      rows.set(saga.name, known);
      known.show(saga, saga.name === chosen);
      return known.element;
    });
    // Put in anew only when they differ: moving an element would take the keyboard's focus from it.
    const same = elements.length === list.children.length && elements.every((one, at) => list.children[at] === one);
    if (!same) list.replaceChildren(...elements);
    if (chosen) await draw(chosen);
    else setText(words, 'None yet.');
  };

  const sayTrouble = (status: string, found: SagaTrouble | undefined) => {
    failing.hidden = !found && status !== 'FAILED';
    const next = found?.nextBy ? ` Tried again by ${clock(found.nextBy)}, by itself.` : '';
    const what = found ? `${found.task} failed, try ${found.tries}: ${found.cause}.${next}` : '';
    const person = STATUSES[status] ? '' : ` ${WHAT_TO_DO}`;
    setText(failing, `${what}${person}`.trim());
  };

  const draw = async (name: string) => {
    const { definition, events, status } = await server.saga(lane, name);
    sayTrouble(status, sagaTrouble(definition, events, status === 'RUNNING'));
    const picture = sagaPicture(definition, events);
    const text = sagaSvg(picture, 'saga-picture');
    if (text === drawn) return;
    drawn = text;
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    const image = document.importNode(parsed, true);
    // On a phone it gets smaller as far as it can still be read; from there on it scrolls.
    image.style.minWidth = `${0.85 * Number(image.getAttribute('width'))}px`;
    drawing.replaceChildren(image);
    setText(words, picture.text);
  };

  place.replaceChildren(
    el('header', {}, el('h2', {}, title), el('p', { class: 'about' }, about)),
    el(
      'div',
      { class: 'saga-body' },
      el('div', { class: 'saga-side' }, button('Start one', 'action', order), list),
      el('div', { class: 'saga-main' }, trouble, failing, drawing, words),
    ),
  );
  place.hidden = false;

  const keepFresh = async () => {
    if (!document.hidden) {
      await refresh().then(
        () => {
          trouble.hidden = true;
        },
        (error: Error) => {
          trouble.hidden = false;
          setText(trouble, error.message);
        },
      );
    }
    if (place.isConnected) setTimeout(keepFresh, REFRESH_MS);
  };
  void keepFresh();
}
