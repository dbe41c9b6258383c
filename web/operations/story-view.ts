import { button, el, setAttribute, setText } from '../dom';
import type { Snapshot } from '../wire';
import { advance, BEGINNING, moral, STEPS, type StepKey, type Story, tell } from './story';

/** What a step's button says and does; a step without one is for watching. */
export type StoryActions = Readonly<Partial<Record<StepKey, readonly [label: string, act: () => Promise<void>]>>>;

export interface StoryView {
  replay(kept: readonly Snapshot[]): void;
  show(fresh: readonly Snapshot[]): void;
}

/** The talk's story beside the lanes: the step that is on is open, with a button that does it. */
export function buildStory(place: HTMLElement, actions: StoryActions): StoryView {
  let story: Story = BEGINNING;
  /** Where the story began: at the start, or where somebody had it told again. */
  let from = 0;
  let last: Snapshot | undefined;

  const steps = STEPS.map(({ key, title }) => {
    const text = el('p', {});
    const action = actions[key];
    const element = el('li', {}, el('h3', {}, title), text, action && button(action[0], 'action', action[1]));
    return { key, text, element };
  });
  const end = el('p', { class: 'moral', role: 'status' });
  const again = button('Tell it again', 'link', async () => {
    from = last?.at ?? 0;
    story = BEGINNING;
    draw();
  });
  const now = el('span', { class: 'now' });
  const summary = el('summary', {}, el('h2', {}, 'The story'), now);
  const box = el(
    'details',
    { open: true },
    summary,
    el('ol', { class: 'steps' }, ...steps.map(({ element }) => element)),
    end,
    again,
  );
  // On a phone the lanes come first; the story says in one line where it stands.
  box.open = matchMedia('(min-width: 48rem)').matches;
  place.replaceChildren(box);

  const draw = () => {
    const lanes = last?.lanes ?? {};
    steps.forEach(({ key, text, element }, index) => {
      const state = index < story.step ? 'done' : index === story.step ? 'on' : 'ahead';
      setAttribute(element, 'data-state', state);
      setAttribute(element, 'aria-current', state === 'on' ? 'step' : undefined);
      setText(text, tell(key, story, lanes));
    });
    const over = story.step === STEPS.length;
    again.hidden = story.step === 0;
    // Told once: the numbers of that moment stay, or the live region would go on talking.
    if (over && end.textContent === '') setText(end, moral(story, lanes));
    if (!over) setText(end, '');
    setText(now, over ? 'told' : `${story.step + 1} of ${STEPS.length}: ${STEPS[story.step]?.title ?? ''}`);
  };
  const take = (snapshot: Snapshot) => {
    last = snapshot;
    if (snapshot.at >= from) story = advance(story, snapshot);
  };
  draw();
  return {
    replay: (kept) => {
      story = BEGINNING;
      kept.forEach(take);
      draw();
    },
    show: (fresh) => {
      fresh.forEach(take);
      draw();
    },
  };
}
