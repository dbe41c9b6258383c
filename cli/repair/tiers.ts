import { UsageError } from '../night/command';

/** What SQS says of a queue that tells its tier, each a JSON text. */
export interface QueuePolicies {
  readonly RedrivePolicy?: string;
  readonly RedriveAllowPolicy?: string;
}

/** As modules/tiered-queue makes them: main has a dead-letter queue, parked is one, and repair may be nobody's. */
export function tierOf({ RedrivePolicy, RedriveAllowPolicy }: QueuePolicies): 'main' | 'parked' | 'repair' | 'unknown' {
  if (RedrivePolicy) return 'main';
  const { redrivePermission } = JSON.parse(RedriveAllowPolicy ?? '{}') as { redrivePermission?: string };
  if (redrivePermission === 'denyAll') return 'repair';
  return redrivePermission === 'byQueue' ? 'parked' : 'unknown';
}

/**
 * In a main queue each look counts as a receive, and enough of them park the message. What is parked is released under a canary, so nothing sends all of it past that.
 *
 * @throws UsageError when what is asked does harm in this queue
 */
export function refuseWrongTiers(
  { action, queue, to }: { readonly action: string; readonly queue: string; readonly to?: string },
  source: QueuePolicies,
  destination: QueuePolicies | undefined,
): void {
  const tier = tierOf(source);
  if (tier === 'main') {
    throw new UsageError(
      `--queue ${queue} is a main queue: each look would count as a receive, and SQS parks a message after some. The repair queue is meant (output repair_queue_url)`,
    );
  }
  if (action === 'send-all' && tier !== 'repair') {
    throw new UsageError(
      tier === 'parked'
        ? `--queue ${queue} is a parked queue: --all would send its messages past the canary. "spillway redrive" releases them`
        : `--queue ${queue} is not known as a repair queue (its redrive allow policy isn't denyAll), so --all isn't used on it`,
    );
  }
  if (destination && tierOf(destination) !== 'main') {
    throw new UsageError(`--to ${to} is not a main queue: it has no dead-letter queue (output orders_queue_url)`);
  }
}
