import { plural } from '../format';
import type { Icon } from '../icons';
import type { Fault, LaneInfo, LaneSnapshot } from '../wire';

/** How a lane is doing, in one sentence that somebody who was just woken understands. */
export interface LaneStatus {
  /** calm: nothing to do · busy: it works by itself · held: safe, waits for something · storm: it costs and gets nowhere */
  readonly tone: 'calm' | 'busy' | 'held' | 'storm';
  readonly icon: Icon;
  readonly text: string;
}

export function laneStatus(lane: LaneSnapshot, info: Pick<LaneInfo, 'redrive'>, fault: Fault): LaneStatus {
  const queued = lane.waiting + lane.inFlight;
  const { parked = 0, repair = 0, move, breaker } = lane;
  if (move?.status === 'RUNNING') {
    return { tone: 'busy', icon: 'release', text: `Releasing: ${plural(parked, 'order')} still parked.` };
  }
  if (breaker && breaker.state !== 'closed') {
    const waiting = plural(queued + parked, 'order waits', 'orders wait');
    return breaker.state === 'open'
      ? { tone: 'held', icon: 'pause', text: `Payment isn't asked. ${waiting}, safe and free of charge.` }
      : { tone: 'busy', icon: 'release', text: `Trying carefully whether payment is back. ${waiting}.` };
  }
  if (queued > 0 && fault.kind !== 'up') {
    return info.redrive
      ? {
          tone: 'busy',
          icon: 'retry',
          text: `${plural(queued, 'order is', 'orders are')} tried, then parked if payment stays away.`,
        }
      : {
          tone: 'storm',
          icon: 'storm',
          text: `${plural(queued, 'order is', 'orders are')} tried again and again, and every try is paid for.`,
        };
  }
  if (queued > 0) {
    return { tone: 'busy', icon: 'clock', text: `${plural(queued, 'order is', 'orders are')} being worked off.` };
  }
  if (parked > 0) {
    const next = fault.kind === 'up' ? 'Payment is back: release them.' : 'Nothing is tried, nothing is paid for.';
    return { tone: 'held', icon: 'pause', text: `${plural(parked, 'order is', 'orders are')} parked, safe. ${next}` };
  }
  if (repair > 0) {
    return { tone: 'held', icon: 'person', text: `${plural(repair, 'order needs', 'orders need')} a person.` };
  }
  return { tone: 'calm', icon: 'calm', text: lane.done > 0 ? 'Calm. Every order is done.' : 'Calm. Nothing waits.' };
}
