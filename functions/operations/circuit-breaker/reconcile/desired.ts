import type { DependencySettings } from '../../../runtime/breaker/settings';
import type { BreakerRecord } from '../../../runtime/breaker/state';

/** The least that Lambda takes as a mapping's maximum concurrency. Source: Lambda API, ScalingConfig. */
export const LEAST_CONCURRENCY = 2;

/** How an event source mapping is set. */
export interface MappingSetting {
  readonly enabled: boolean;
  /** `undefined`: no maximum. */
  readonly maximumConcurrency: number | undefined;
}

/** How the consumer's mapping has to be, as its dependencies stand. */
export function desiredMapping(
  records: readonly BreakerRecord[],
  dependencies: Readonly<Record<string, DependencySettings>>,
  fullConcurrency: number | undefined,
): MappingSetting {
  // A dependency that only some calls need never stops the others' messages.
  const stopping = records.filter(({ dependency }) => dependencies[dependency]?.scope === 'consumer');
  return {
    enabled: stopping.every(({ state }) => state !== 'open'),
    // Set together with switching off, so that it is cautious from the first message after switching on.
    maximumConcurrency: stopping.every(({ state }) => state === 'closed') ? fullConcurrency : LEAST_CONCURRENCY,
  };
}
