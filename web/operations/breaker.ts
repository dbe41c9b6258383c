import { button, el, setAttribute, setText } from '../dom';
import { ago, capitalized, duration } from '../format';
import { type Icon, icon } from '../icons';
import { server } from '../server-api';
import type { BreakerSnapshot, HoldRequest, Snapshot } from '../wire';

type State = BreakerSnapshot['state'];

const STATES: Readonly<Record<State, { word: string; meaning: string; icon: Icon }>> = {
  closed: { word: 'Closed', meaning: 'It is called for every order.', icon: 'check' },
  open: { word: 'Open', meaning: 'It is not called. Orders wait.', icon: 'pause' },
  'half-open': { word: 'Half-open', meaning: 'A few orders try whether it is back.', icon: 'retry' },
};

const ASKS: Readonly<Record<HoldRequest['kind'], { title: string; meaning: string }>> = {
  open: { title: 'Hold open', meaning: 'It is not called until then, whatever the canary says.' },
  closed: { title: 'Hold closed', meaning: 'It is called until then, however often it fails.' },
  release: { title: 'Lift the hold', meaning: 'The breaker decides by itself again.' },
};

export interface BreakersView {
  readonly element: HTMLElement;
  show(snapshot: Snapshot): void;
}

/** The breakers of a lane, one for each dependency, and whether its queue is read. */
export function buildBreakers(lane: string): BreakersView {
  const receiving = el('p', { class: 'hint' });
  const element = el('div', { class: 'breakers' }, receiving);
  const views = new Map<string, ReturnType<typeof buildBreaker>>();
  return {
    element,
    show: ({ at, lanes }) => {
      const { breakers = [], receiving: isRead } = lanes[lane] ?? {};
      for (const breaker of breakers) {
        const view = views.get(breaker.dependency) ?? buildBreaker(lane, breaker.dependency);
        if (!views.has(breaker.dependency)) receiving.before(view.element);
        views.set(breaker.dependency, view);
        view.show(breaker, at);
      }
      receiving.hidden = isRead === undefined;
      setText(receiving, isRead ? 'The queue is being read.' : 'The queue is not read: waiting costs nothing.');
    },
  };
}

/** A breaker's state, why it is in it, who holds it; and the three things that a person can ask of it. */
function buildBreaker(lane: string, dependency: string) {
  const state = el('b', { class: 'breaker-state' });
  const since = el('span', { class: 'hint' });
  const meaning = el('p', { class: 'hint' });
  const evidence = el('p', {});
  const held = el('p', { class: 'held', hidden: true });
  const ask = (kind: HoldRequest['kind']) =>
    button(ASKS[kind].title, 'action', () => askForHold(lane, dependency, kind));
  const release = ask('release');
  const name = capitalized(dependency);
  const element = el(
    'section',
    { class: 'breaker', 'aria-label': `Circuit breaker: ${dependency}` },
    el('p', { class: 'breaker-head' }, el('span', {}, name), state, since),
    meaning,
    evidence,
    held,
    el('div', { class: 'options' }, ask('open'), ask('closed'), release),
  );
  const show = (breaker: BreakerSnapshot, at: number) => {
    const words = STATES[breaker.state];
    if (state.dataset.state !== breaker.state) {
      setAttribute(state, 'data-state', breaker.state);
      state.replaceChildren(icon(words.icon), words.word);
      setText(meaning, words.meaning);
    }
    const again = breaker.state === 'open' && breaker.retryAt ? Math.max(0, breaker.retryAt - at) / 1000 : 0;
    const next = again > 0 ? ` · tried again in ${duration(again)}` : '';
    setText(since, (breaker.since > 0 ? `changed ${ago(breaker.since, at)}` : 'has never tripped') + next);
    evidence.hidden = breaker.since === 0;
    setText(evidence, `Why: ${breaker.evidence}`);
    const { hold } = breaker;
    held.hidden = release.hidden = !hold;
    if (hold) {
      const until = new Date(hold.until).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
      setText(held, `Held ${hold.kind} by ${hold.who} until ${until}: ${hold.why}`);
    }
  };
  return { element, show };
}

const WHO = 'spillway-who';

/** Asks who, why and until when, because the next shift will ask the same. */
function askForHold(lane: string, dependency: string, kind: HoldRequest['kind']): void {
  const { meaning } = ASKS[kind];
  const title = `${ASKS[kind].title}: ${dependency}`;
  const who = el('input', {
    required: true,
    maxlength: 80,
    autocomplete: 'name',
    value: localStorage.getItem(WHO) ?? '',
  });
  const why = el('input', { required: true, maxlength: 300 });
  const minutes = el(
    'select',
    {},
    el('option', { value: 5 }, 'for 5 minutes'),
    el('option', { value: 30, selected: true }, 'for 30 minutes'),
    el('option', { value: 240 }, 'for 4 hours'),
  );
  const failed = el('p', { class: 'alarm', role: 'alert' });
  const confirm = el('button', { type: 'submit', class: 'action strong', 'data-ready': 'true' }, ASKS[kind].title);
  const form = el(
    'form',
    { class: 'hold' },
    el('h2', {}, title),
    el('p', { class: 'hint' }, meaning),
    el('label', {}, 'Who', who),
    el('label', {}, 'Why', why),
    kind !== 'release' && el('label', {}, 'Until', minutes),
    failed,
    el(
      'div',
      { class: 'options' },
      confirm,
      button('Cancel', 'action', () => dialog.close()),
    ),
  );
  const dialog: HTMLDialogElement = el('dialog', { 'aria-label': title }, form);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    localStorage.setItem(WHO, who.value);
    const until = new Date(Date.now() + Number(minutes.value) * 60_000).toISOString();
    const person = { dependency, who: who.value, why: why.value };
    try {
      await server.hold(lane, kind === 'release' ? { kind, ...person } : { kind, ...person, until });
      dialog.close();
    } catch (error) {
      setText(failed, (error as Error).message);
    }
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
