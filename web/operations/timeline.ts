import { capitalized, plural } from '../format';
import { laneWords } from '../lanes';
import type { BreakerSnapshot, Fault, LaneSnapshot, Snapshot } from '../wire';

/** Something that happened, whoever did it: in a page, at the command line, or the system by itself. */
export interface Happening {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

const FAULTS: Readonly<Record<Fault['kind'], string>> = {
  up: 'works',
  down: 'gives no answer',
  failing: 'answers with errors',
  slow: 'is slow',
  flaky: 'is flaky',
};

/** What happened between two snapshots: faults, breakers that changed, holds with who and why, releases. */
export function happenings(before: Snapshot, after: Snapshot): Happening[] {
  const fault = before.fault.kind === after.fault.kind ? [] : [`Payment ${FAULTS[after.fault.kind]}.`];
  const inLanes = Object.entries(after.lanes).flatMap(([name, lane]) => {
    const was = before.lanes[name];
    return was ? inLane(was, lane, after.at).map((text) => `${laneWords(name).title}: ${text}`) : [];
  });
  return [...fault, ...inLanes].map((text) => ({ at: after.at, text }));
}

function inLane(before: LaneSnapshot, after: LaneSnapshot, now: number): string[] {
  const breakers = (after.breakers ?? []).flatMap((breaker) => {
    const was = before.breakers?.find(({ dependency }) => dependency === breaker.dependency);
    return was ? ofBreaker(was, breaker, now) : [];
  });
  const repair = (after.repair ?? 0) - (before.repair ?? 0);
  const more = repair > 0 ? [`${plural(repair, 'order')} went to repair.`] : [];
  return [...breakers, ...ofRelease(before, after), ...more];
}

function ofBreaker(before: BreakerSnapshot, after: BreakerSnapshot, now: number): string[] {
  const name = capitalized(after.dependency);
  const said: string[] = [];
  if (before.state !== after.state) said.push(`${name}'s breaker is ${after.state}: ${after.evidence}.`);
  const { hold } = after;
  if (hold && hold.until !== before.hold?.until) {
    said.push(`${name}'s breaker is held ${hold.kind} by ${hold.who}: ${hold.why}.`);
  } else if (before.hold && !hold) {
    // Who lifts a hold, and why, is the breaker's evidence from then on.
    const lifted = after.evidence.startsWith('hold lifted') ? after.evidence : `hold of ${before.hold.who} lifted`;
    said.push(`${name}'s breaker: ${now < before.hold.until ? lifted : `hold of ${before.hold.who} ran out`}.`);
  }
  return said;
}

function ofRelease({ move: was }: LaneSnapshot, { move: is }: LaneSnapshot): string[] {
  if (!is || (was?.startedAt === is.startedAt && was.status === is.status)) return [];
  switch (is.status) {
    case 'RUNNING':
      return ['A release began.'];
    case 'COMPLETED':
      return [`A release ended: ${plural(is.moved, 'order')} moved back.`];
    case 'CANCELLED':
      return [`A release was stopped after ${plural(is.moved, 'order')}.`];
    case 'FAILED':
      return [`A release failed after ${plural(is.moved, 'order')}: ${is.failure ?? 'SQS gives no reason'}.`];
    case 'CANCELLING':
      return [];
  }
}
