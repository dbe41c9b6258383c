import { randomFrom, type WEATHERS } from './time';
import type { Health, Name } from './world';

export interface History {
  readonly seed: number;
  readonly weather: keyof typeof WEATHERS;
  /** How each dependency is at each second. */
  readonly health: Record<Name, (second: number) => Health>;
  /** Second from which on nothing dies or hangs; the dependencies had better be healthy by then. */
  readonly calmFrom: number;
  /** Second of the last new message. */
  readonly trafficUntil: number;
  readonly seconds: number;
  /** Whether kitchen stops the whole consumer. */
  readonly kitchenScope: 'consumer' | 'call';
  /** An alarm watches the calls to payment. */
  readonly alarmed: boolean;
  /** Whether the consumer's calls go through the wrapper; its code may not be anybody's to change. */
  readonly wrapped: boolean;
  /** People hold, lift, abort executions and start them a second time. */
  readonly people: boolean;
  /** Messages that fail whatever answers them. */
  readonly poison: number;
  /** Seconds between two scheduled reconciliations; 0: none. */
  readonly schedule: number;
}

/** Seconds: from here on every dependency is healthy, and nothing dies or hangs. */
const FAULTS_END = 130;

/** Outages and recoveries in any order, and health from `FAULTS_END` on. */
function faults(random: () => number): (second: number) => Health {
  const turns: { readonly at: number; readonly health: Health }[] = [];
  let healthy = true;
  for (let at = 3 + random() * 20; at < FAULTS_END; at += 2 + random() * (healthy ? 60 : 30)) {
    healthy = !healthy;
    const treacherous = random() < 0.2;
    turns.push({ at, health: healthy ? 'healthy' : treacherous ? 'treacherous' : 'sick' });
    if (!healthy && treacherous) at += random() * 80;
  }
  return (second) =>
    second >= FAULTS_END ? 'healthy' : (turns.filter(({ at }) => at <= second).at(-1)?.health ?? 'healthy');
}

/** The history of a seed: every weather, with and without people, an alarm, the wrapper, poison. */
export function historyOf(seed: number): History {
  const random = randomFrom(seed ^ 0x5eed);
  const pick = (probability: number) => random() < probability;
  const alarmed = pick(0.3);
  const weather = seed % 2 === 0 ? 'rough' : seed % 4 === 1 ? 'slow' : 'calm';
  return {
    seed,
    weather,
    health: { payment: faults(random), kitchen: pick(0.5) ? faults(random) : () => 'healthy' },
    calmFrom: FAULTS_END,
    trafficUntil: FAULTS_END + 30,
    // Long enough for what was parked late to be swept as often as it may be.
    seconds: 2400,
    kitchenScope: pick(0.5) ? 'consumer' : 'call',
    alarmed,
    wrapped: !(alarmed && pick(0.4)),
    people: pick(0.5),
    poison: pick(0.15) ? 2 : 0,
    schedule: weather === 'slow' ? 120 : 30,
  };
}
