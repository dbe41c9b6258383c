import type { Construct } from 'constructs';
import { PropsError } from '../props';
import type { QueueTiers } from '../tiered-queue';

type Releaser = 'a schedule' | 'a circuit breaker';

/** Who releases which parked queue by itself, by its ARN, in one app. */
const released = new WeakMap<object, Map<string, { readonly by: Releaser; readonly path: string }>>();

/**
 * Notes that something releases a queue's parked messages by itself. Two kinds of it get in each other's way: a schedule would release while a breaker is open.
 *
 * @throws PropsError where the other kind does already
 */
export function releasesByItself(scope: Construct, { parked }: Pick<QueueTiers, 'parked'>, by: Releaser): void {
  const known = released.get(scope.node.root) ?? new Map();
  released.set(scope.node.root, known);
  const other = known.get(parked.arn);
  if (other && other.by !== by)
    throw new PropsError(scope.node.path, [
      `queue is released by ${by}, and by ${other.by} of ${other.path} as well; behind a circuit breaker its recovery releases. Set everyMinutes: 'off' in the Redrive`,
    ]);
  known.set(parked.arn, { by, path: scope.node.path });
}
