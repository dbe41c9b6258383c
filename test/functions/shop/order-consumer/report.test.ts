import { functionMetrics } from '../../../../functions/runtime/metrics';
import type { FailureKind } from '../../../../functions/shop/domain/failure';
import { paymentTimeout } from '../../../../functions/shop/order-consumer/around';
import type { Handled } from '../../../../functions/shop/order-consumer/process-order';
import { publish, tally } from '../../../../functions/shop/order-consumer/report';

const environment = { AWS_LAMBDA_FUNCTION_NAME: 'dev-consumer', POWERTOOLS_SERVICE_NAME: 'order-consumer' };
// In this mode Powertools writes by the console that a test can listen to, and would write no metrics.
Object.assign(process.env, environment, { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' });

const paid: Handled = { kind: 'paid', accepted: true, detail: 'payment-1' };
const failed = (failure: FailureKind, kind: 'retry' | 'repair' = 'retry'): Handled => ({ kind, failure, detail: '' });

interface Emf {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** What CloudWatch makes of what was written: `name{dimension=value,…}` → value and unit. */
function metricsOf(handled: readonly Handled[], seconds: number): Record<string, string> {
  const written: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((line: string) => void written.push(line));
  publish(tally(handled, seconds), functionMetrics());
  log.mockRestore();
  return Object.fromEntries(
    written.flatMap((line) => {
      const emf = JSON.parse(line) as Emf;
      return emf._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name, Unit }) =>
          Dimensions.map((names) => {
            const dimensions = names.map((name) => `${name}=${emf[name]}`).sort();
            return [`${Namespace}/${Name}{${dimensions}}`, `${emf[Name]} ${Unit}`];
          }),
        ),
      );
    }),
  );
}

test('orders are counted by what became of them, failures by their kind, each under the function that it was', () => {
  const handled = [
    ...[paid, paid, { ...paid, accepted: false }, { ...paid, kind: 'declined' as const }],
    { kind: 'duplicate' as const, detail: 'already paid' },
    ...[failed('unavailable'), failed('unavailable'), { ...failed('own'), accepted: true }],
    failed('malformed', 'repair'),
  ];
  const of = 'function_name=dev-consumer';
  expect(metricsOf(handled, 0)).toEqual({
    [`Spillway/OrdersAccepted{${of},service=order-consumer}`]: '4 Count',
    [`Spillway/OrdersPaid{${of},service=order-consumer}`]: '3 Count',
    [`Spillway/OrdersDeclined{${of},service=order-consumer}`]: '1 Count',
    [`Spillway/OrdersDuplicate{${of},service=order-consumer}`]: '1 Count',
    [`Spillway/OrdersFailed{${of},kind=unavailable,service=order-consumer}`]: '2 Count',
    [`Spillway/OrdersFailed{${of},kind=own,service=order-consumer}`]: '1 Count',
    [`Spillway/OrdersFailed{${of},kind=malformed,service=order-consumer}`]: '1 Count',
  });
});

test('ten messages that hang together for 5 s waste the 5 s that Lambda bills, not 50; half a batch wastes half', () => {
  const wasted = (handled: readonly Handled[]) =>
    Object.entries(metricsOf(handled, 5)).find(([name]) => name.startsWith('Spillway/WastedLambdaSeconds'))?.[1];
  const hung = Array<Handled>(10).fill(failed('unavailable'));
  expect(wasted(hung)).toBe('5 Seconds');
  expect(wasted([...hung.slice(5), ...Array<Handled>(5).fill(paid)])).toBe('2.5 Seconds');
  expect(wasted([paid])).toBeUndefined();
  // In repair it is where it belongs, and does not come back.
  expect(wasted([failed('malformed', 'repair')])).toBeUndefined();
});

test('an invocation without messages counts nothing', () => {
  expect(metricsOf([], 1)).toEqual({});
});

test('a payment call takes its time-out, or what is left of the invocation less what writing it down takes', () => {
  expect(paymentTimeout(5000, 30_000)).toBe(5000);
  expect(paymentTimeout(5000, 4000)).toBe(2500);
  expect(paymentTimeout(60_000, 30_000)).toBe(28_500);
});
