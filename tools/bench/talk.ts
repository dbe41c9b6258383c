import { setTimeout as wait } from 'node:timers/promises';
import { ENVIRONMENTS } from '../../environments';
import type { EnvironmentSettings } from '../../environments/settings';
import { addUsage, NO_USAGE } from '../../local/usage';
import { account, type Lane, startShop, until } from '../../test/scenarios/shop';
import { costUsd, LAMBDA_PRICE } from '../../web/lambda-cost';
import { ratio, table } from './measure';

/**
 * The talk's comparison: payment hangs, three orders come in, and the lane without the patterns runs against the one with dead letters and redrive,
 * at the same time and under the same fault.
 *
 * @param outageSeconds how long payment hangs: 300 in the talk
 */
export async function benchTalk(outageSeconds: number, progress: (message: string) => void): Promise<string> {
  const { shops } = ENVIRONMENTS.local as EnvironmentSettings;
  const names = ['unprotected', 'protected'] as const;
  const shop = await startShop(shops.filter(({ part }) => (names as readonly string[]).includes(part)));
  try {
    const lanes = Object.fromEntries(names.map((name) => [name, shop.lane(name)])) as Record<
      (typeof names)[number],
      Lane
    >;
    shop.environment.payment.setFault({ kind: 'down' });
    const began = Date.now();
    for (const name of names) await lanes[name].place('order-0001', 'order-0002', 'order-0003');
    while (Date.now() - began < outageSeconds * 1000) {
      progress(`payment hangs for ${Math.round((Date.now() - began) / 1000)} of ${outageSeconds} s`);
      await wait(Math.min(15_000, Math.max(0, began + outageSeconds * 1000 - Date.now())));
    }
    const usage = {
      unprotected: addUsage(NO_USAGE, await lanes.unprotected.invocations(began)),
      protected: addUsage(NO_USAGE, await lanes.protected.invocations(began)),
    };
    const calls = { unprotected: lanes.unprotected.payments().calls, protected: lanes.protected.payments().calls };

    shop.environment.payment.setFault({ kind: 'up' });
    const back = Date.now();
    await until(
      'released',
      () => lanes.protected.redrive(),
      ({ action }) => action === 'start',
      30,
    );
    const seconds = { unprotected: 0, protected: 0 };
    for (const name of names) {
      await until(
        'all paid',
        () => lanes[name].statuses(),
        (seen) => Object.values(seen).every((status) => status === 'paid'),
        120,
      );
      seconds[name] = (Date.now() - back) / 1000;
    }
    const { done } = await account(lanes.protected);
    const row = (name: (typeof names)[number], what: string) => [
      what,
      usage[name].invocations,
      usage[name].wastedSeconds.toFixed(1),
      ratio(usage[name].wastedSeconds, usage.unprotected.wastedSeconds),
      `$${costUsd(usage[name].wastedSeconds).toFixed(6)}`,
      calls[name],
      `${seconds[name].toFixed(0)} s`,
      lanes[name].payments().doubleCharges,
    ];
    return [
      `Payment hangs for ${outageSeconds} s, three orders in each lane, function time-out 30 s, on the emulator; ${LAMBDA_PRICE.memoryMb} MB ${LAMBDA_PRICE.architecture} at $${LAMBDA_PRICE.usdPerGbSecond} a GB-second (${LAMBDA_PRICE.date}). Afterwards ${done.length} of 3 protected orders were done.`,
      '',
      table(
        [
          'lane',
          'invocations',
          'wasted Lambda-seconds',
          'of unprotected',
          'cost',
          'calls to the sick payment system',
          'all done after it was back',
          'paid twice',
        ],
        [row('unprotected', 'unprotected, the baseline'), row('protected', 'dead letters and redrive')],
      ),
    ].join('\n');
  } finally {
    await shop.stop();
  }
}
