import type { Break } from './broken';

const TRANSITION = 'functions/runtime/breaker/transition.ts';
const STEP = 'functions/operations/circuit-breaker/recover/step.ts';
const RELEASE = 'functions/operations/circuit-breaker/recover/release.ts';
const RECONCILE = 'functions/operations/circuit-breaker/reconcile/reconcile.ts';
const BREAKER = 'functions/runtime/breaker/breaker.ts';

const version: Break = {
  guard: 'a verdict holds for the version that it was asked under',
  file: TRANSITION,
  from: "if ('version' in event && event.version !== record.version)",
  to: 'if (false)',
};
const term: Break = {
  guard: 'a trip holds for the term that its calls were made in',
  file: TRANSITION,
  from: 'if (term !== record.term) return',
  to: 'if (false) return',
};

const heldAsked: Break = {
  guard: 'no canary while it is held open',
  file: STEP,
  from: "if (held?.kind === 'open') {",
  to: 'if ((false as boolean) && held) {',
};
const heldClosed: Break = {
  guard: 'no canary closes what is held open',
  file: TRANSITION,
  from: 'const held = holdInForce(record, now);\n  if (held) return refused(`held ${held.kind} by ${held.who}`);\n  switch (record.state) {',
  to: 'switch (record.state) {',
};

/** Each guard by itself, and those that back each other up together. */
export const BREAKS: readonly (readonly Break[])[] = [
  [version],
  [term],
  [version, term],
  [
    {
      guard: 'of two that write one version one writes',
      file: 'test/functions/operations/circuit-breaker/memory-store.ts',
      from: 'return next.version === stored.version + 1;',
      to: 'return next.version > 0;',
    },
  ],
  [
    {
      guard: 'no half-open before the wait is over',
      file: TRANSITION,
      from: "if (now < record.retryAt) return refused('the wait is not over');",
      to: '',
    },
  ],
  [
    {
      guard: 'no closing before the watch is over',
      file: TRANSITION,
      from: 'if (now < servedFrom + options.watchDurationInHalfOpenState * 1000) return',
      to: 'if (false) return',
    },
  ],
  [
    {
      guard: 'the watch begins when messages come',
      file: STEP,
      from: '(await around.serving())',
      to: '(true as boolean)',
    },
  ],
  [
    {
      guard: 'a red canary ends half-open',
      file: TRANSITION,
      from: 'if (!green) return { to: open(record, `relapse: ${detail}`, now, options) };',
      to: '',
    },
  ],
  [
    {
      guard: 'no evidence opens what is held closed',
      file: TRANSITION,
      from: "if (record.state === 'open') return refused('open already');\n  const held = holdInForce(record, now);",
      to: "if (record.state === 'open') return refused('open already');\n  const held = undefined as Hold | undefined;",
    },
  ],
  [
    {
      guard: 'who forces it closed gets a recovery that is awake',
      weather: 'calm',
      file: TRANSITION,
      from: 'const change = { hold: held, releasing: true, run: record.run + 1 };',
      to: 'const change = { hold: held, releasing: true };',
    },
  ],
  [
    {
      guard: 'who lifts a hold gets a recovery that is awake',
      weather: 'calm',
      file: TRANSITION,
      from: 'return { to: { ...rest, run: rest.run + 1, retryAt: Math.min(rest.retryAt, now) } };',
      to: 'return { to: { ...rest, retryAt: Math.min(rest.retryAt, now) } };',
    },
  ],
  [
    {
      guard: 'what comes back each time is not swept for ever',
      file: TRANSITION,
      from: 'if (record.sweeps >= most) return',
      to: 'if (false) return',
    },
  ],
  [
    {
      guard: 'a verdict on what has changed since is nobody’s',
      file: STEP,
      from: 'const current = progress.version === record.version;',
      to: 'const current = true;',
    },
  ],
  [
    {
      guard: 'as many canaries in a row as are set',
      file: STEP,
      from: 'if (due && verdict.green && progress.greens < settings.canaries)',
      to: 'if (false)',
    },
  ],
  [
    {
      guard: 'a recovery ends when another one has taken over',
      file: STEP,
      from: 'if (record.epoch !== input.epoch || record.run !== input.run)',
      to: 'if (false)',
    },
  ],
  [heldAsked],
  [heldAsked, heldClosed],
  [
    {
      guard: 'a red canary stops the release',
      file: STEP,
      from: 'if (answered && !answered.green)',
      to: 'if (false)',
    },
  ],
  [
    {
      guard: 'no closing while its alarm rings',
      file: STEP,
      from: '&& alarmName && (await alarm(alarmName)).ringing)',
      to: '&& alarmName && false)',
    },
  ],
  [
    {
      guard: 'nothing is released while another dependency is out',
      file: RELEASE,
      from: "if (records.some(({ state }) => state === 'open'))",
      to: 'if (false)',
    },
  ],
  [
    {
      guard: 'the states are looked at again after a move was started',
      weather: 'slow',
      file: RELEASE,
      from: "if ((await readAll()).some(({ state }) => state === 'open')) {",
      to: 'if (false) {',
    },
  ],
  [
    {
      guard: 'a trickle while any dependency is half-open',
      file: RELEASE,
      from: "records.every(({ state }) => state === 'closed') ? releasing.ceiling : releasing.trickle",
      to: "record.state === 'closed' ? releasing.ceiling : releasing.trickle",
    },
  ],
  [
    {
      guard: 'a move that is too fast is replaced',
      weather: 'calm',
      file: RELEASE,
      from: 'if (running && running.rate >= rate && running.rate <= most)',
      to: 'if (running && running.rate >= rate)',
    },
  ],
  [
    {
      guard: 'the mapping is looked at again after it was switched',
      weather: 'slow',
      file: RECONCILE,
      from: 'const ROUNDS = 5;',
      to: 'const ROUNDS = 1;',
    },
  ],
  [
    {
      guard: 'the release stops when a breaker opens',
      file: RECONCILE,
      from: 'attempt(() => stopRelease(around.moves, Math.min(...open)))',
      to: 'attempt(async () => {})',
    },
  ],
  [
    {
      guard: 'a recovery that has ended is followed by another',
      file: RECONCILE,
      from: "if ((await startRecovery(record, around)) === 'running') return;",
      to: 'await startRecovery(record, around);\n  return;',
    },
  ],
  [
    {
      guard: 'an alarm that never falls silent counts again',
      file: RECONCILE,
      from: 'if (since <= record.since && rung < settings.alarmGrace) return;',
      to: 'if (since <= record.since) return;',
    },
  ],
  [
    {
      guard: 'a call that began in another term is no evidence in this one',
      file: BREAKER,
      from: 'if (term === this.shared.record.term) {',
      to: 'if (true) {',
    },
  ],
  [
    {
      guard: 'what a late answer says of the past is not believed',
      weather: 'slow',
      file: BREAKER,
      from: 'if (shared.record.version < this.shared.record.version && asked !== this.learned) return;',
      to: '',
    },
  ],
  [
    {
      guard: 'what was shared before a change of state does not undo it',
      weather: 'slow',
      file: BREAKER,
      from: 'else if (term === this.shared.record.term) this.shared = { record: this.shared.record, tally };',
      to: 'else this.shared = { record: initial(dependency), tally };',
    },
  ],
];
