import type { DependencySettings } from '../../../runtime/breaker/settings';
import type { BreakerStore } from '../../../runtime/breaker/store';
import type { MoveTasks } from '../../move-tasks';
import type { Alarm } from '../alarm';

/** Everything outside that a recovery touches. */
export interface RecoverSurroundings {
  readonly store: BreakerStore;
  readonly dependencies: Readonly<Record<string, DependencySettings>>;
  readonly moves: Pick<MoveTasks, 'parked' | 'runningMove' | 'start' | 'cancel'>;
  readonly releasing: ReleaseSettings;
  readonly handOverAfter: number;
  /** Whether Lambda polls for the consumer: "Enabled", no longer "Enabling". */
  serving(): Promise<boolean>;
  alarm(name: string): Promise<Alarm>;
  now(): number;
}

export interface ReleaseSettings {
  /** Messages a second. */
  readonly trickle: number;
  readonly ceiling: number;
  /** Seconds. */
  readonly interval: number;
}
