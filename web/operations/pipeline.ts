import { button, el, setAttribute, setText } from '../dom';
import { explained } from '../explained';
import { count, plural } from '../format';
import { icon } from '../icons';
import { server } from '../server-api';
import type { PipelineSnapshot, Snapshot } from '../wire';
import {
  advancePipeline,
  PIPELINE_BEGINNING,
  PIPELINE_STEPS,
  type PipelineStep,
  pipelineStatus,
} from './pipeline-story';

const FIGURES: readonly (readonly [word: string, meaning: string, value: (now: PipelineSnapshot) => number])[] = [
  ['Put', 'Clicks that the stream has taken.', ({ put }) => put],
  ['Waiting', 'Clicks in their queue, each behind the one before it in its visit.', ({ waiting }) => waiting],
  ['Parked', 'Clicks that were tried too often. A release sends them back.', ({ parked }) => parked],
  ['Repair', 'Records that are no clicks. A person looks at them.', ({ repair }) => repair],
  ['Done', 'Clicks that were enriched and written down in their visit.', ({ done }) => done],
];

const VISITORS = 4;

/** The clickstream below the shop's lanes: its story, how it is doing, and its numbers. */
export function buildPipeline(place: HTMLElement, report: (error: unknown) => void) {
  let story = PIPELINE_BEGINNING;
  const act = (work: () => Promise<unknown>) => () => work().then(() => {}, report);
  const actions: Partial<Record<PipelineStep, HTMLElement>> = {
    down: button(
      'Stop enrichment',
      'action',
      act(() => server.setEnrichment(true)),
    ),
    click: button(
      'Send 20 clicks',
      'action',
      act(() => server.visit(VISITORS)),
    ),
    up: button(
      'Bring enrichment back',
      'action',
      act(() => server.setEnrichment(false)),
    ),
  };
  const steps = PIPELINE_STEPS.map(({ key, title }) => {
    const element = el('li', {}, el('h3', {}, title), actions[key]);
    return { element };
  });
  const status = el('p', { class: 'status' });
  const breaker = el('p', { class: 'hint' });
  const figures = FIGURES.map(([word, meaning, value]) => {
    const cell = el('dd', {}, '–');
    const element = el('div', { class: `figure ${word.toLowerCase()}` }, el('dt', {}, explained(word, meaning)), cell);
    return { cell, value, element };
  });
  const about =
    'No shop, the same kit: clicks go through a Kinesis stream to a consumer, which asks a service what each page is about and writes the visit down. The clicks of a visit keep their order.';
  place.replaceChildren(
    el('header', {}, el('h2', {}, 'A pipeline: clickstream'), el('p', { class: 'about' }, about)),
    el(
      'div',
      { class: 'pipeline-body' },
      el('ol', { class: 'steps' }, ...steps.map(({ element }) => element)),
      el(
        'div',
        { class: 'pipeline-main' },
        status,
        breaker,
        el('dl', { class: 'figures' }, ...figures.map(({ element }) => element)),
        el(
          'div',
          { class: 'options' },
          button(
            '20 clicks',
            'action',
            act(() => server.visit(VISITORS)),
          ),
          button(
            '1 record that is no click',
            'action',
            act(() => server.putBroken()),
          ),
        ),
      ),
    ),
  );
  place.hidden = false;

  const draw = (now: PipelineSnapshot) => {
    steps.forEach(({ element }, index) => {
      const state = index < story.step ? 'done' : index === story.step ? 'on' : 'ahead';
      setAttribute(element, 'data-state', state);
      setAttribute(element, 'aria-current', state === 'on' ? 'step' : undefined);
    });
    const { tone, icon: shape, text } = pipelineStatus(now);
    if (status.textContent !== text) status.replaceChildren(icon(shape), el('span', {}, text));
    setAttribute(status, 'data-tone', tone);
    const read = now.receiving ? 'The queue is being read.' : 'The queue is not read: waiting costs nothing.';
    const why = now.breaker && now.breaker.since > 0 ? ` Breaker ${now.breaker.state}: ${now.breaker.evidence}.` : '';
    setText(breaker, `${read}${why} ${plural(now.visits, 'visit')} so far.`);
    for (const { cell, value } of figures) setText(cell, count(value(now)));
  };
  return {
    /** @param fresh those that weren't shown yet, oldest first */
    show: (fresh: readonly Snapshot[]) => {
      for (const { pipeline } of fresh) if (pipeline) story = advancePipeline(story, pipeline);
      const now = fresh.at(-1)?.pipeline;
      if (now) draw(now);
    },
  };
}
