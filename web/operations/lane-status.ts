import { capitalized, plural } from '../format';
import type { Icon } from '../icons';
import type { Fault, LaneInfo, LaneSnapshot } from '../wire';

/** How a lane is doing, in one sentence that somebody who was just woken understands. */
export interface LaneStatus {
  /** calm: nothing to do · busy: it works by itself · held: safe, waits for something · storm: it costs and gets nowhere */
  readonly tone: 'calm' | 'busy' | 'held' | 'storm';
  readonly icon: Icon;
  readonly text: string;
}

const names = new Intl.ListFormat('en');

export function laneStatus(lane: LaneSnapshot, info: Pick<LaneInfo, 'redrive'>, fault: Fault): LaneStatus {
  const queued = lane.waiting + lane.inFlight;
  const { parked = 0, repair = 0, move, breakers = [] } = lane;
  if (move?.status === 'RUNNING') {
    return { tone: 'busy', icon: 'release', text: `Releasing: ${plural(parked, 'order')} still parked.` };
  }
  const open = breakers.filter(({ state }) => state === 'open').map(({ dependency }) => dependency);
  const halfOpen = breakers.filter(({ state }) => state === 'half-open').map(({ dependency }) => dependency);
  const held = queued + parked;
  const waiting = held > 0 ? ` ${plural(held, 'order waits', 'orders wait')}` : '';
  if (open.length > 0) {
    const safe = waiting && `${waiting}, safe and free of charge.`;
    const verb = open.length > 1 ? "aren't" : "isn't";
    return { tone: 'held', icon: 'pause', text: `${capitalized(names.format(open))} ${verb} called.${safe}` };
  }
  if (halfOpen.length > 0) {
    const verb = halfOpen.length > 1 ? 'are' : 'is';
    const text = `Trying carefully whether ${names.format(halfOpen)} ${verb} back.${waiting && `${waiting}.`}`;
    return { tone: 'busy', icon: 'release', text };
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
    return {
      tone: 'held',
      icon: 'person',
      text: `${plural(repair, 'order waits', 'orders wait')} for repair by a person.`,
    };
  }
  return { tone: 'calm', icon: 'calm', text: lane.done > 0 ? 'Calm. Every order is done.' : 'Calm. Nothing waits.' };
}
