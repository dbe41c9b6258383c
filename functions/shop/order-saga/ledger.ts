import { setTimeout } from 'node:timers/promises';

/**
 * What every step of the saga has done for an order, one record an effect. The record is written together with the effect (or is the effect), so that
 * a step may be called any number of times, in any order, and before or after the step that takes it back.
 */

export type Effect = 'beans' | 'brew';

/**
 * `done`: the effect stands. `refused`: it was turned down, and stays so. `undone`: it stood and was taken back. `blocked`: it was taken back before it
 * ever came; the tombstone that a late one finds.
 */
export type EffectState = 'done' | 'refused' | 'undone' | 'blocked';

export interface EffectRecord {
  readonly state: EffectState;
  readonly detail?: string;
}

export interface Change {
  readonly orderId: string;
  readonly effect: Effect;
  /** The state that was read; the write fails if it is another by now. Left out: there was no record. */
  readonly from?: EffectState;
  readonly to: EffectState;
  readonly detail?: string;
  /** Grams of beans to add to the stock (less than 0: to take), in the same transaction. */
  readonly stock?: number;
}

export interface Ledger {
  read(orderId: string, effect: Effect): Promise<EffectRecord | undefined>;
  /**
   * One conditional write. `changed`: somebody else wrote first; `short`: there are not enough beans; `busy`: another write of the same items was under way, and
   * nothing of this one was done.
   */
  write(change: Change): Promise<'written' | 'changed' | 'short' | 'busy'>;
}

/** A final error: the step did nothing and never will. Step Functions matches the name. */
export class FinalError extends Error {
  constructor(name: 'OutOfBeans' | 'PaymentDeclined' | 'PaymentRejected' | 'TooLate', message: string) {
    super(message);
    this.name = name;
  }
}

export const decideAction = (record: EffectRecord | undefined): 'do' | 'already' | 'refused' | 'too-late' => {
  switch (record?.state) {
    case undefined:
      return 'do';
    case 'done':
      return 'already';
    case 'refused':
      return 'refused';
    case 'undone':
    case 'blocked':
      return 'too-late';
  }
};

export const decideCompensation = (record: EffectRecord | undefined): 'block' | 'reverse' | 'already' => {
  switch (record?.state) {
    case undefined:
      return 'block';
    case 'done':
      return 'reverse';
    case 'refused':
    case 'undone':
    case 'blocked':
      return 'already';
  }
};

/** How often a write that lost a race is made again. The record's states only move forward; it is the stock, one item for all orders, that many want at once. */
const ROUNDS = 16;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;

/**
 * How long to stay away from an item that others write at this moment: full jitter, or all who collided would collide again. All rounds together take 5.8 s on average,
 * within the step's time-out of 10 s.
 */
export const pauseMilliseconds = (round: number, random: number): number =>
  Math.round(random * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** round));

type Pause = (round: number) => Promise<unknown>;
const jittered: Pause = (round) => setTimeout(pauseMilliseconds(round, Math.random()));

/** @throws FinalError `OutOfBeans` or `TooLate` */
export async function act(
  ledger: Ledger,
  orderId: string,
  effect: Effect,
  stock?: number,
  pause: Pause = jittered,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const record = await ledger.read(orderId, effect);
    switch (decideAction(record)) {
      case 'already':
        return;
      case 'too-late':
        throw new FinalError('TooLate', `${effect} of ${orderId} was taken back before it was done`);
      case 'refused':
        throw new FinalError('OutOfBeans', record?.detail ?? 'not enough beans');
      case 'do': {
        const written = await ledger.write({ orderId, effect, to: 'done', stock });
        if (written === 'written') return;
        if (written === 'busy') await pause(round);
        // The refusal is recorded before it is given: an earlier attempt that is still under way must not succeed after it.
        if (written === 'short') {
          await ledger.write({ orderId, effect, to: 'refused', detail: `not enough beans for ${-(stock ?? 0)} g` });
        }
      }
    }
  }
  throw new Error(`${effect} of ${orderId} is contended; it is tried again`);
}

/** @returns whether the effect had been there */
export async function undo(
  ledger: Ledger,
  orderId: string,
  effect: Effect,
  reversal: Pick<Change, 'detail' | 'stock'> = {},
  pause: Pause = jittered,
): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const record = await ledger.read(orderId, effect);
    const decision = decideCompensation(record);
    if (decision === 'already') return record?.state === 'undone';
    const change: Change =
      decision === 'block'
        ? { orderId, effect, to: 'blocked' }
        : { orderId, effect, from: 'done', to: 'undone', ...reversal };
    const written = await ledger.write(change);
    if (written === 'written') return decision === 'reverse';
    if (written === 'busy') await pause(round);
  }
  throw new Error(`${effect} of ${orderId} is contended; it is tried again`);
}
