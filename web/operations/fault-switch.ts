import { el } from '../dom';
import { explained } from '../explained';
import { type Icon, icon } from '../icons';
import { server } from '../server-api';
import type { Fault, Snapshot } from '../wire';

type Kind = Fault['kind'];

const FAULTS: readonly { kind: Kind; icon: Icon; name: string; about: string }[] = [
  { kind: 'up', icon: 'check', name: 'Working', about: 'Every payment is answered at once' },
  { kind: 'down', icon: 'pause', name: 'No answer', about: 'Takes the call and never answers' },
  { kind: 'failing', icon: 'cross', name: 'Errors', about: 'Answers every call with an error (503)' },
  { kind: 'slow', icon: 'slow', name: 'Slow', about: 'Answers, but late' },
  { kind: 'flaky', icon: 'dice', name: 'Flaky', about: 'Fails now and then' },
];

export interface FaultSwitch {
  set(fault: Fault): Promise<void>;
  show(snapshot: Snapshot): void;
}

/** The payment system's fault, for all lanes at once. */
export function buildFaultSwitch(place: HTMLElement, report: (error: unknown) => void): FaultSwitch {
  /** Snapshots from before this moment don't know yet what was switched here. */
  let switchedAt = 0;

  const delay = el('input', { type: 'number', min: 1, max: 60, value: 3, 'aria-label': 'Seconds until it answers' });
  const share = el('input', {
    type: 'number',
    min: 5,
    max: 95,
    step: 5,
    value: 50,
    'aria-label': 'Percent of calls that fail',
  });
  const settings: Partial<Record<Kind, HTMLElement>> = {
    slow: el('span', { class: 'setting' }, delay, ' s'),
    flaky: el('span', { class: 'setting' }, share, ' %'),
  };

  const fault = (kind: Kind): Fault => {
    if (kind === 'slow') return { kind, delayMs: Math.round(delay.valueAsNumber * 1000) };
    if (kind === 'flaky') return { kind, ratio: share.valueAsNumber / 100 };
    return { kind };
  };

  const radios = new Map<Kind, HTMLInputElement>();
  const check = (kind: Kind) => {
    const radio = radios.get(kind);
    if (radio) radio.checked = true;
    for (const [name, setting] of Object.entries(settings)) setting.hidden = name !== kind;
  };
  const set = async (wanted: Fault) => {
    switchedAt = Number.POSITIVE_INFINITY;
    check(wanted.kind);
    try {
      await server.setFault(wanted);
    } finally {
      switchedAt = Date.now();
    }
  };

  const options = FAULTS.map(({ kind, icon: shape, name }) => {
    const radio = el('input', { type: 'radio', name: 'fault', value: kind });
    radio.addEventListener('change', () => set(fault(kind)).catch(report));
    radios.set(kind, radio);
    return el('label', { class: 'option', 'data-kind': kind }, radio, icon(shape), el('span', {}, name));
  });
  for (const [kind, input] of [
    ['slow', delay],
    ['flaky', share],
  ] as const) {
    input.addEventListener('change', () => {
      if (input.checkValidity() && input.value !== '') set(fault(kind)).catch(report);
    });
  }
  const meanings = el(
    'dl',
    {},
    ...FAULTS.flatMap(({ name, about }) => [el('dt', {}, name), el('dd', {}, `${about}.`)]),
  );
  place.replaceChildren(
    el(
      'fieldset',
      { class: 'fault' },
      el('legend', {}, explained('The payment system is…', meanings)),
      el('div', { class: 'options' }, ...options, settings.slow, settings.flaky),
    ),
  );
  check('up');

  return {
    set,
    show: ({ at, fault: current }) => {
      if (at > switchedAt) check(current.kind);
    },
  };
}
