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

/** The dependencies that no message can do without: one that only some calls need never stops the others' messages. */
const stopping = (
  records: readonly BreakerRecord[],
  dependencies: Readonly<Record<string, DependencySettings>>,
): readonly BreakerRecord[] => records.filter(({ dependency }) => dependencies[dependency]?.scope === 'consumer');

/** Whether what brings messages in beside the queue is on: in half-open what waits in the queue is enough of a trial, and a stream can't be told to go slowly. */
export const desiredIntake = (
  records: readonly BreakerRecord[],
  dependencies: Readonly<Record<string, DependencySettings>>,
): boolean => stopping(records, dependencies).every(({ state }) => state === 'closed');

/** How the consumer's mapping has to be, as its dependencies stand. */
export function desiredMapping(
  records: readonly BreakerRecord[],
  dependencies: Readonly<Record<string, DependencySettings>>,
  fullConcurrency: number | undefined,
): MappingSetting {
  const needed = stopping(records, dependencies);
  return {
    enabled: needed.every(({ state }) => state !== 'open'),
    // Set together with switching off, so that it is cautious from the first message after switching on.
    maximumConcurrency: needed.every(({ state }) => state === 'closed') ? fullConcurrency : LEAST_CONCURRENCY,
  };
}
