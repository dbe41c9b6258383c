import {
  advancePipeline,
  PIPELINE_BEGINNING,
  PIPELINE_STEPS,
  pipelineStatus,
} from '../../web/operations/pipeline-story';
import type { BreakerSnapshot, PipelineSnapshot } from '../../web/wire';

const breaker = (state: BreakerSnapshot['state']): BreakerSnapshot => ({
  ...{ dependency: 'enrichment', state, since: 1, evidence: '5 calls in a row failed' },
});
const calm: PipelineSnapshot = {
  ...{ put: 20, waiting: 0, parked: 0, repair: 0, done: 20, visits: 4 },
  ...{ inOrder: true, receiving: true, down: false, breaker: breaker('closed') },
};

test('the story goes on by what happens, whoever does it', () => {
  const outage: PipelineSnapshot[] = [
    calm,
    { ...calm, down: true },
    { ...calm, down: true, put: 40, waiting: 20 },
    { ...calm, down: true, put: 40, waiting: 20, receiving: false, breaker: breaker('open') },
    { ...calm, put: 40, waiting: 20, receiving: false, breaker: breaker('half-open') },
    { ...calm, put: 40, done: 40 },
  ];
  let story = PIPELINE_BEGINNING;
  const steps = outage.map((now) => {
    story = advancePipeline(story, now);
    return story.step;
  });
  expect(steps).toEqual([0, 1, 2, 3, 4, PIPELINE_STEPS.length]);
});

test('clicks from before the outage are not those that the story waits for', () => {
  const down = advancePipeline(PIPELINE_BEGINNING, { ...calm, down: true });
  expect(advancePipeline(down, { ...calm, down: true, receiving: false }).step).toBe(1);
});

test.each<[string, Partial<PipelineSnapshot>, string]>([
  ['calm', {}, 'Calm. Every click is done, each visit in order.'],
  ['busy', { waiting: 3 }, '3 clicks are being enriched.'],
  ['busy', { waiting: 1, down: true }, '1 click is tried, until the breaker opens.'],
  ['held', { waiting: 7, breaker: breaker('open') }, "Enrichment isn't called. 7 clicks wait in order, safe"],
  [
    'busy',
    { waiting: 7, breaker: breaker('half-open') },
    'Trying carefully whether enrichment is back. 7 clicks wait.',
  ],
  ['held', { parked: 2 }, '2 clicks are parked, safe.'],
  ['held', { repair: 1 }, '1 click waits for repair by a person.'],
  ['storm', { inOrder: false }, 'The clicks of a visit are out of order.'],
])('%s: %j', (tone, change, text) => {
  const status = pipelineStatus({ ...calm, ...change });
  expect(status.tone).toBe(tone);
  expect(status.text).toContain(text);
});
