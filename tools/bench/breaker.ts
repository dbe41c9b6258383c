import { setTimeout as wait } from 'node:timers/promises';
import type { ShopSettings } from '../../environments/settings';
import { CircuitBreaker } from '../../functions/runtime/breaker/breaker';
import { dependencySettings } from '../../functions/runtime/breaker/settings';
import { initial } from '../../functions/runtime/breaker/state';
import type { BreakerStore } from '../../functions/runtime/breaker/store';
import { NOTHING } from '../../functions/runtime/breaker/window';
import { addUsage, NO_USAGE, type Usage } from '../../local/usage';
import { BreakerLane, steadyOrders } from '../../test/scenarios/breaker-lane';
import { type Lane, laneWith, type Shop, startShop, until } from '../../test/scenarios/shop';
import { median, ratio, table } from './measure';

const LANES = ['unprotected', 'protected', 'breaker'] as const;
type LaneName = (typeof LANES)[number];

export interface BreakerBench {
  /** How long payment hangs. */
  readonly outageSeconds: number;
  /** Orders a second, in each lane. */
  readonly ordersPerSecond: number;
}

/** The lanes as the talk has them: functions with a time-out of 30 s, and payment calls that wait nearly as long. */
function lanes(): ShopSettings[] {
  return [laneWith('unprotected'), laneWith('dead-letters'), laneWith('circuit-breaker')];
}

/**
 * An outage in the three lanes of the talk at once, under the same fault and the same steady orders; and what the wrapper costs a message while
 * nothing is wrong.
 */
export async function benchBreaker(
  { outageSeconds, ordersPerSecond }: BreakerBench,
  progress: (message: string) => void,
): Promise<string> {
  const overhead = await overheadPerCall();
  progress(
    `a closed breaker costs ${overhead.breaker.toFixed(2)} µs a call, a plain function ${overhead.plain.toFixed(2)} µs`,
  );
  const outage = await playOutage({ outageSeconds, ordersPerSecond }, progress);
  return [
    outage,
    '',
    '**Overhead of a closed breaker**, median of 15 rounds of 200,000 calls each, in turn with a function that only awaits:',
    '',
    table(
      ['call', 'µs a call', 'added'],
      [
        ['awaited directly, the baseline', overhead.plain.toFixed(3), '0'],
        ['behind the breaker', overhead.breaker.toFixed(3), `${(overhead.breaker - overhead.plain).toFixed(3)} µs`],
      ],
    ),
    '',
    `Goal: at most 1 µs added, ${verdict(overhead.breaker - overhead.plain <= 1)}.`,
  ].join('\n');
}

/** Microseconds a call, plain and behind a closed breaker whose state is fresh. */
export async function overheadPerCall(rounds = 15, calls = 200_000): Promise<{ plain: number; breaker: number }> {
  const shared = { record: initial('payment'), tally: NOTHING };
  const store = { readShared: async () => shared } as Partial<BreakerStore> as BreakerStore;
  const surroundings = { store, now: Date.now, random: Math.random, count: () => {}, log: () => {} };
  const breaker = new CircuitBreaker('payment', dependencySettings.parse({}), surroundings);
  const work = async () => true;
  const how = { isFailure: (ok: boolean) => !ok, whenOpen: () => false };
  // The same shape without the breaker: an awaited function that awaits the work.
  const plain = async () => await work();
  const time = async (call: () => Promise<boolean>) => {
    const began = process.hrtime.bigint();
    for (let made = 0; made < calls; made += 1) await call();
    return Number(process.hrtime.bigint() - began) / 1000 / calls;
  };
  const times = { plain: [] as number[], breaker: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const one = await time(plain);
    const other = await time(() => breaker.call(work, how));
    if (round === 0) continue;
    times.plain.push(one);
    times.breaker.push(other);
  }
  return { plain: median(times.plain), breaker: median(times.breaker) };
}

async function playOutage({ outageSeconds, ordersPerSecond }: BreakerBench, progress: (message: string) => void) {
  const shop = await startShop(lanes());
  try {
    const byName = Object.fromEntries(LANES.map((name) => [name, shop.lane(name)])) as Record<LaneName, Lane>;
    const breaker = new BreakerLane(shop, byName.breaker);
    const watch = breaker.watch();
    const orders = steadyOrders(Object.values(byName), ordersPerSecond, 'bench');
    await wait(5000);
    const before = perLane((name) => byName[name].payments().calls);
    const began = Date.now();
    shop.environment.payment.setFault({ kind: 'down' });
    const tripped = await breaker.state('open', 120);
    // A moment for the calls that were under way: what is counted from here on was made after the trip.
    const trippedAfter = (tripped.since - began) / 1000;
    await wait(Math.max(0, tripped.since + 1000 - Date.now()));
    const atTrip = byName.breaker.payments();
    progress(`opened after ${trippedAfter.toFixed(1)} s: ${tripped.evidence}`);
    while (Date.now() - began < outageSeconds * 1000) {
      await wait(Math.min(15_000, Math.max(0, began + outageSeconds * 1000 - Date.now())));
      progress(`payment hangs for ${Math.round((Date.now() - began) / 1000)} of ${outageSeconds} s`);
    }
    const calls = perLane((name) => byName[name].payments().calls - before[name]);
    const atEnd = byName.breaker.payments();
    const backlog = await byName.breaker.depth('orders');
    shop.environment.payment.setFault({ kind: 'up' });
    const back = Date.now();
    const usage = await usageSince(shop, byName, began, back);
    const placed = await orders.stop();

    const halfOpen = await breaker.state('half-open', 120);
    progress(
      `half-open ${((halfOpen.since - back) / 1000).toFixed(1)} s after payment was back, ${backlog} orders waiting`,
    );
    const left = [{ at: halfOpen.since, unpaid: backlog }];
    await until(
      'every order is paid',
      async () => {
        const unpaid = await breaker.unpaid();
        left.push({ at: Date.now(), unpaid: unpaid.length });
        return unpaid;
      },
      (unpaid) => unpaid.length === 0,
      600,
    );
    const drained = Date.now();
    const closed = await breaker.state('closed', 120);
    await until(
      'nothing parked',
      () => byName.breaker.depth('parked'),
      (depth) => depth === 0,
      60,
    );
    await watch.stop();
    const recovery = (drained - back) / 1000;
    const half = (halfOpen.since - back) / 1000;
    const parked = await byName.breaker.depth('parked');
    const repair = await byName.breaker.depth('repair');
    const drainRate = fastest(left, 5000);
    const switchOn = ((left.find(({ unpaid }) => unpaid < backlog)?.at ?? drained) - halfOpen.since) / 1000;

    const row = (name: LaneName, what: string) => [
      what,
      usage[name].invocations,
      usage[name].wastedSeconds.toFixed(1),
      ratio(usage[name].wastedSeconds, usage.protected.wastedSeconds),
      calls[name],
    ];
    const afterTrip = atEnd.calls - atTrip.calls;
    const breakerSettings = laneWith('circuit-breaker').breaker;
    const probeInterval =
      breakerSettings.maximumWaitSeconds + (breakerSettings.canaries - 1) * breakerSettings.canaryIntervalSeconds;
    const bound = backlog / drainRate + probeInterval + switchOn;
    return [
      `Payment hangs for ${outageSeconds} s under ${ordersPerSecond} orders a second in each of the three lanes, which run at once on one emulator; function time-out 30 s.`,
      '',
      table(
        ['lane', 'invocations', 'wasted Lambda-seconds', 'of dead letters', 'calls to the sick payment system'],
        [
          row('unprotected', 'unprotected'),
          row('protected', 'dead letters and redrive, the baseline'),
          row('breaker', 'circuit breaker'),
        ],
      ),
      '',
      `- Opened after ${trippedAfter.toFixed(1)} s (${tripped.evidence}). Calls after that: ${afterTrip}, ${afterTrip - (atEnd.canaries - atTrip.canaries)} of them orders and ${atEnd.canaries - atTrip.canaries} canaries: ${percent(afterTrip, calls.protected)} of the dead-letter lane's ${calls.protected} (goal: at most 0.5 %, ${verdict(afterTrip <= 0.005 * calls.protected)}).`,
      `- Wasted Lambda-seconds: ${percent(usage.breaker.wastedSeconds, usage.protected.wastedSeconds)} of the dead-letter lane's (goal: at most 3 %, ${verdict(usage.breaker.wastedSeconds <= 0.03 * usage.protected.wastedSeconds)}).`,
      `- Recovery: ${backlog} orders waited when payment was back; half-open after ${half.toFixed(1)} s, the first of them paid ${switchOn.toFixed(1)} s later, closed after ${((closed.since - back) / 1000).toFixed(1)} s, all done after ${recovery.toFixed(1)} s. Backlog ÷ drain rate (${drainRate.toFixed(0)} a second, the fastest 5 s) + one probe interval (${probeInterval} s: the longest wait and its canaries) + the mapping's switch-on lag = ${bound.toFixed(1)} s (goal: not longer, ${verdict(recovery <= bound)}).`,
      `- In the end: ${placed} of ${placed} paid, ${parked} parked, ${repair} in repair, ${byName.breaker.payments().doubleCharges} paid twice. States: ${watch.seen.map(({ record }) => record.state).join(' → ')}.`,
    ].join('\n');
  } finally {
    await shop.stop();
  }
}

/** The most orders a second that were paid over any such window; over all of it, where it was shorter than one. */
function fastest(left: readonly { at: number; unpaid: number }[], windowMs: number): number {
  const rate = (from?: { at: number; unpaid: number }, to?: { at: number; unpaid: number }) =>
    from && to && to.at > from.at ? (from.unpaid - to.unpaid) / ((to.at - from.at) / 1000) : 0;
  const rates = left.map((from, index) =>
    rate(
      from,
      left.slice(index + 1).find(({ at }) => at - from.at >= windowMs),
    ),
  );
  return Math.max(...rates) || rate(left[0], left.at(-1));
}

function perLane<Value>(of: (name: LaneName) => Value): Record<LaneName, Value> {
  return Object.fromEntries(LANES.map((name) => [name, of(name)])) as Record<LaneName, Value>;
}

/**
 * What each lane used while payment hung: its consumer, and in the breaker's lane the breaker's own functions, whose every second counts as
 * wasted, because without it they would not run.
 */
async function usageSince(shop: Shop, byName: Record<LaneName, Lane>, began: number, ended: number) {
  const usage = {} as Record<LaneName, Usage>;
  for (const name of LANES) {
    const own = (await byName[name].invocations(began)).filter(({ startedAt }) => startedAt < ended);
    usage[name] = addUsage(NO_USAGE, own);
  }
  const prefix = byName.breaker.output('breaker_hold_function_name').replace(/hold$/, '');
  const overhead = (await shop.environment.invocations(began))
    .filter(({ functionName, startedAt }) => functionName.startsWith(prefix) && startedAt < ended)
    .map((invocation) => ({ ...invocation, outcome: 'error' as const }));
  usage.breaker = addUsage(usage.breaker, overhead);
  return usage;
}

const verdict = (met: boolean) => (met ? 'met' : '**not met**');
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`;
