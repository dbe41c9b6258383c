import type { Fault, LaneSnapshot, Snapshot } from '../../web/wire';

/** A lane at rest, but for what a test says. */
export const lane = (values: Partial<LaneSnapshot> = {}): LaneSnapshot => ({
  waiting: 0,
  inFlight: 0,
  parked: 0,
  repair: 0,
  placed: 0,
  done: 0,
  doubleCharges: 0,
  calls: 0,
  invocations: 0,
  running: 0,
  usedSeconds: 0,
  wastedSeconds: 0,
  ...values,
});

export const snapshot = (
  at: number,
  lanes: Record<string, Partial<LaneSnapshot>>,
  fault: Fault = { kind: 'up' },
): Snapshot => ({
  at,
  readAt: at,
  fault,
  lanes: Object.fromEntries(Object.entries(lanes).map(([name, values]) => [name, lane(values)])),
});
