import { button, el, setAttribute, setText } from '../dom';
import { ago, duration } from '../format';
import { type Icon, icon } from '../icons';
import { server } from '../server-api';
import type { BreakerSnapshot, HoldRequest, Snapshot } from '../wire';

type State = BreakerSnapshot['state'];

const STATES: Readonly<Record<State, { word: string; meaning: string; icon: Icon }>> = {
  closed: { word: 'Closed', meaning: 'Payment is asked for every order.', icon: 'check' },
  open: { word: 'Open', meaning: 'Payment is not asked. Orders wait.', icon: 'pause' },
  'half-open': { word: 'Half-open', meaning: 'A few orders try whether payment is back.', icon: 'retry' },
};

const ASKS: Readonly<Record<HoldRequest['kind'], { title: string; meaning: string }>> = {
  open: { title: 'Hold open', meaning: 'Payment is not asked until then, whatever the canary says.' },
  closed: { title: 'Force closed', meaning: 'Payment is asked until then, however often it fails.' },
  release: { title: 'Release the hold', meaning: 'The breaker decides by itself again.' },
};

export interface BreakerView {
  readonly element: HTMLElement;
  show(snapshot: Snapshot): void;
}

/** The breaker's state, why it is in it, who holds it; and the three things that a person can ask of it. */
export function buildBreaker(lane: string): BreakerView {
  const state = el('b', { class: 'breaker-state' });
  const since = el('span', { class: 'hint' });
  const evidence = el('p', {});
  const receiving = el('p', { class: 'hint' });
  const held = el('p', { class: 'held', hidden: true });
  const ask = (kind: HoldRequest['kind']) => button(ASKS[kind].title, 'action', () => askForHold(lane, kind));
  const release = ask('release');
  const element = el(
    'section',
    { class: 'breaker', 'aria-label': 'Circuit breaker' },
    el('p', { class: 'breaker-head' }, state, since),
    evidence,
    held,
    receiving,
    el('div', { class: 'options' }, ask('open'), ask('closed'), release),
  );
  return {
    element,
    show: ({ at, lanes }) => {
      const breaker = lanes[lane]?.breaker;
      element.hidden = !breaker;
      if (!breaker) return;
      const words = STATES[breaker.state];
      if (state.dataset.state !== breaker.state) {
        setAttribute(state, 'data-state', breaker.state);
        state.replaceChildren(icon(words.icon), words.word);
        state.title = words.meaning;
      }
      const again = breaker.state === 'open' && breaker.retryAt ? Math.max(0, breaker.retryAt - at) / 1000 : 0;
      const next = again > 0 ? ` · asks again in ${duration(again)}` : '';
      setText(since, (breaker.since > 0 ? `changed ${ago(breaker.since, at)}` : 'has never tripped') + next);
      setText(evidence, `Why: ${breaker.evidence}`);
      const { hold } = breaker;
      held.hidden = release.hidden = !hold;
      if (hold) {
        const until = new Date(hold.until).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
        setText(held, `Held ${hold.kind} by ${hold.who} until ${until}: ${hold.why}`);
      }
      receiving.hidden = breaker.receiving === undefined;
      setText(
        receiving,
        breaker.receiving ? 'The queue is being read.' : 'The queue is not read: waiting costs nothing.',
      );
    },
  };
}

const WHO = 'spillway-who';

/** Asks who, why and until when, because the next shift will ask the same. */
function askForHold(lane: string, kind: HoldRequest['kind']): void {
  const { title, meaning } = ASKS[kind];
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
  const confirm = el('button', { type: 'submit', class: 'action strong', 'data-ready': 'true' }, title);
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
    const person = { who: who.value, why: why.value };
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
