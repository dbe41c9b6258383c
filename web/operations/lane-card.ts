import { button, el, setAttribute, setText } from '../dom';
import { explained } from '../explained';
import { cost, count, plural, seconds } from '../format';
import { icon } from '../icons';
import { costUsd } from '../lambda-cost';
import { laneWords } from '../lanes';
import type { LaneInfo, Snapshot } from '../wire';
import { FIGURES, type Figure } from './figures';
import { buildGraph } from './graph';
import { laneStatus } from './lane-status';
import { lookAtLetters } from './letters';
import { buildRelease, type ReleaseView } from './release';
import { GRAPHS, wastePerDay } from './series';

export interface LaneCard {
  readonly element: HTMLElement;
  /** What a person releases; a breaker does it by itself. */
  readonly release: ReleaseView | undefined;
  show(kept: readonly Snapshot[]): void;
}

const NOTHING_TO_RELEASE =
  'No dead-letter queue: there is nothing to release, and no way to stop it but to switch it off.';

/** A big number with its word, which explains itself. */
function figure(key: Figure) {
  const { word, meaning } = FIGURES[key];
  const value = el('dd', {}, '–');
  const element = el('div', { class: `figure ${key}` }, el('dt', {}, explained(word, meaning)), value);
  return { element, value };
}

/** One lane: how it is doing in words, the numbers, the graphs, and what can be done. */
export function buildLaneCard(
  info: LaneInfo,
  note: (text: string) => void,
  extra?: { element: HTMLElement; show(snapshot: Snapshot): void },
): LaneCard {
  const { title, about } = laneWords(info.name);
  const status = el('p', { class: 'status' });
  const news = el('p', { class: 'quiet', role: 'status' });
  const waiting = figure('waiting');
  const parked = figure('parked');
  const repair = figure('repair');
  const done = figure('done');
  const wasted = figure('wasted');
  const invocations = figure('invocations');
  const perDay = el('dd', { class: 'sub' });
  const calls = el('dd', { class: 'sub' });
  wasted.element.append(perDay);
  invocations.element.append(calls);
  const twice = el('p', { class: 'alarm', role: 'alert', hidden: true });

  const release = info.redrive ? buildRelease(info.name, (verdict) => note(`${title}: ${verdict}`)) : undefined;
  const graphs = GRAPHS.map((graph) =>
    buildGraph(
      graph,
      info.name,
      graph.lines.filter(({ key }) => info.redrive || !['parked', 'repair'].includes(key)),
    ),
  );
  const look = (['parked', 'repair'] as const).map((tier) =>
    button(`Look at ${tier}`, 'link', () => lookAtLetters(info.name, tier)),
  );
  const element = el(
    'article',
    { class: 'lane', 'data-lane': info.name, 'aria-labelledby': `lane-${info.name}` },
    el('header', {}, el('h2', { id: `lane-${info.name}` }, title), el('p', { class: 'about' }, about)),
    el('div', {}, status, news, twice),
    el(
      'dl',
      { class: 'figures' },
      ...[waiting, parked, repair, done, wasted, invocations].map(({ element: one }) => one),
    ),
    el(
      'div',
      { class: 'controls' },
      release?.element ?? el('p', { class: 'hint' }, NOTHING_TO_RELEASE),
      extra?.element,
    ),
    ...graphs.map(({ element: one }) => one),
    el('p', { class: 'looks' }, ...(info.redrive ? look : [])),
  );

  return {
    element,
    release: info.breaker ? undefined : release,
    show: (kept) => {
      const last = kept.at(-1);
      const lane = last?.lanes[info.name];
      if (!last || !lane) return;
      const { tone, icon: shape, text } = laneStatus(lane, info, last.fault);
      if (status.textContent !== text) status.replaceChildren(icon(shape), el('span', {}, text));
      // For those who listen: how it is doing, and not every order less.
      if (status.dataset.tone && status.dataset.tone !== tone) setText(news, `${title}: ${text}`);
      setAttribute(status, 'data-tone', tone);
      setText(waiting.value, count(lane.waiting + lane.inFlight));
      setText(parked.value, lane.parked === undefined ? '–' : count(lane.parked));
      setText(repair.value, lane.repair === undefined ? '–' : count(lane.repair));
      setText(done.value, count(lane.done));
      setText(wasted.value, seconds(lane.wastedSeconds));
      setText(invocations.value, count(lane.invocations));
      const daily = wastePerDay(kept, info.name);
      setText(perDay, cost(costUsd(lane.wastedSeconds)) + (daily > 0 ? ` · ${cost(daily)} a day like this` : ''));
      setText(calls, `${plural(lane.calls, 'call')} to payment`);
      twice.hidden = lane.doubleCharges === 0;
      setText(twice, `${plural(lane.doubleCharges, 'order was', 'orders were')} charged more than once.`);
      for (const graph of graphs) graph.show(kept);
      release?.show(lane, last);
      // A breaker releases by itself; by hand only what it left behind.
      if (release && info.breaker) release.element.hidden = !lane.parked && lane.move?.status !== 'RUNNING';
      extra?.show(last);
    },
  };
}
