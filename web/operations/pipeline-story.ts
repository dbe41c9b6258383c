import { plural } from '../format';
import type { PipelineSnapshot } from '../wire';
import type { LaneStatus } from './lane-status';

/** The same story as the shop's, for a pipeline. What a step waits for is read from the snapshots, so it doesn't matter who did it, or how. */
export const PIPELINE_STEPS = [
  { key: 'down', title: 'Enrichment stops answering' },
  { key: 'click', title: 'Four visitors click' },
  { key: 'wait', title: 'Watch their clicks wait, unread' },
  { key: 'up', title: 'Enrichment comes back' },
  { key: 'done', title: 'A canary is green, and every click is done' },
] as const;

export type PipelineStep = (typeof PIPELINE_STEPS)[number]['key'];

export interface PipelineStory {
  /** The step that is on; `PIPELINE_STEPS.length` when the story is told. */
  readonly step: number;
  /** Clicks that had been put when enrichment stopped. */
  readonly putBefore: number;
}

export const PIPELINE_BEGINNING: PipelineStory = { step: 0, putBefore: 0 };

const isOver: Record<PipelineStep, (story: PipelineStory, now: PipelineSnapshot) => boolean> = {
  down: (_, { down }) => down,
  click: ({ putBefore }, { put }) => put > putBefore,
  wait: (_, { receiving, waiting }) => !receiving && waiting > 0,
  up: (_, { down }) => !down,
  done: (_, { waiting, parked, put, done, repair }) => waiting === 0 && parked === 0 && done + repair >= put,
};

/** Where the story stands after one more snapshot. */
export function advancePipeline(story: PipelineStory, now: PipelineSnapshot): PipelineStory {
  const step = PIPELINE_STEPS[story.step];
  if (!step || !isOver[step.key](story, now)) return story;
  const putBefore = step.key === 'down' ? now.put : story.putBefore;
  return advancePipeline({ step: story.step + 1, putBefore }, now);
}

/** How the pipeline is doing, in one sentence that somebody who was just woken understands. */
export function pipelineStatus({
  down,
  breaker,
  waiting,
  parked,
  repair,
  done,
  inOrder,
}: PipelineSnapshot): LaneStatus {
  const clicks = (count: number, one: string, many: string) => plural(count, `click ${one}`, `clicks ${many}`);
  const held = waiting + parked;
  if (!inOrder) return { tone: 'storm', icon: 'storm', text: 'The clicks of a visit are out of order.' };
  if (breaker?.state === 'open') {
    const safe = held > 0 ? ` ${clicks(held, 'waits', 'wait')} in order, safe and free of charge.` : '';
    return { tone: 'held', icon: 'pause', text: `Enrichment isn't called.${safe}` };
  }
  if (breaker?.state === 'half-open') {
    const rest = held > 0 ? ` ${clicks(held, 'waits', 'wait')}.` : '';
    return { tone: 'busy', icon: 'release', text: `Trying carefully whether enrichment is back.${rest}` };
  }
  if (waiting > 0) {
    return down
      ? { tone: 'busy', icon: 'retry', text: `${clicks(waiting, 'is', 'are')} tried, until the breaker opens.` }
      : { tone: 'busy', icon: 'clock', text: `${clicks(waiting, 'is', 'are')} being enriched.` };
  }
  if (parked > 0) return { tone: 'held', icon: 'pause', text: `${clicks(parked, 'is', 'are')} parked, safe.` };
  if (repair > 0)
    return { tone: 'held', icon: 'person', text: `${clicks(repair, 'waits', 'wait')} for repair by a person.` };
  const calm = done > 0 ? 'Calm. Every click is done, each visit in order.' : 'Calm. Nothing waits.';
  return { tone: 'calm', icon: 'calm', text: calm };
}
