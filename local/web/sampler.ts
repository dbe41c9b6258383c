import type { LaneSnapshot, Snapshot } from '../../web/wire';
import type { LocalEnvironment, RunningInvocation } from '../environment';
import { addUsage, endedNow, NO_USAGE, type Usage } from '../usage';
import type { Lane } from './lanes';
import type { Queues } from './queues';

/** An invocation may be listed a little after it ended; asking this far back misses none. */
const LOOK_BACK_MS = 5_000;

/** What is read of a lane from the emulator; the rest is known here. */
type Reading = Pick<LaneSnapshot, 'waiting' | 'inFlight' | 'parked' | 'repair' | 'move' | 'breakers' | 'receiving'>;

/** Takes a snapshot of every lane: what lies in its queues, what its function used, what payment has booked. */
export class Sampler {
  private readonly usage = new Map<string, Usage>();
  /** Request id → when it ended; so that an invocation that is listed twice counts once. */
  private readonly counted = new Map<string, number>();
  private readonly placed = new Map<string, number>();
  private running: readonly RunningInvocation[] = [];
  private readonly known = new Map<string, Reading>();
  private readonly pending = new Map<string, Promise<void>>();
  private readAt: number;
  private since = 0;

  constructor(
    private readonly environment: Pick<LocalEnvironment, 'payment' | 'invocations' | 'running'>,
    private readonly queues: Pick<Queues, 'depth' | 'move'>,
    private readonly breakers: (lane: Lane) => Promise<Pick<LaneSnapshot, 'breakers' | 'receiving'>>,
    private readonly now: () => number = Date.now,
    private readonly patienceMs = 3_000,
  ) {
    this.readAt = now();
  }

  orderPlaced(lane: string): void {
    this.placed.set(lane, (this.placed.get(lane) ?? 0) + 1);
  }

  /** Never throws, and never waits for long: a lane that can't be read keeps its last numbers, and the snapshot says so. */
  async sample(lanes: readonly Lane[]): Promise<Snapshot> {
    const at = this.now();
    const trouble: string[] = [];
    const note = (error: unknown) => trouble.push(error instanceof Error ? error.message : String(error));
    await Promise.all([
      this.once('invocations', () => this.countInvocations(at)).catch(note),
      ...lanes.map((lane) =>
        this.once(`lane ${lane.name}`, async () => {
          this.known.set(lane.name, await this.read(lane));
        }).catch(note),
      ),
    ]);
    if (trouble.length === 0) this.readAt = at;
    return {
      at,
      readAt: this.readAt,
      fault: this.environment.payment.fault(),
      lanes: Object.fromEntries(lanes.flatMap((lane) => this.snapshot(lane, at))),
      ...(trouble.length > 0 && { trouble: [...new Set(trouble)].join(' · ').slice(0, 300) }),
    };
  }

  /** A reading that hangs is waited for again next time instead of being made again: an emulator that comes back finds no heap of questions. */
  private once(name: string, read: () => Promise<void>): Promise<void> {
    const pending = this.pending.get(name) ?? read().finally(() => this.pending.delete(name));
    this.pending.set(name, pending);
    return within(this.patienceMs, pending);
  }

  private async countInvocations(at: number): Promise<void> {
    // Asked for first: what ends in between is then in both, and counted once.
    const running = await this.environment.running();
    for (const invocation of await this.environment.invocations(this.since)) {
      const { requestId, functionName, startedAt, durationMs } = invocation;
      if (this.counted.has(requestId)) continue;
      this.counted.set(requestId, startedAt + durationMs);
      this.usage.set(functionName, addUsage(this.usage.get(functionName) ?? NO_USAGE, [invocation]));
    }
    this.running = running.filter(({ requestId }) => !this.counted.has(requestId));
    this.since = at - LOOK_BACK_MS;
    for (const [requestId, endedAt] of this.counted) {
      if (endedAt < this.since - LOOK_BACK_MS) this.counted.delete(requestId);
    }
  }

  private async read(lane: Lane): Promise<Reading> {
    const { queues } = this;
    const waitingIn = async (url: string | undefined) => {
      if (!url) return undefined;
      const { waiting, inFlight } = await queues.depth(url);
      return waiting + inFlight;
    };
    const [main, parked, repair, move, breakers] = await Promise.all([
      queues.depth(lane.ordersQueueUrl),
      waitingIn(lane.parkedQueueUrl),
      waitingIn(lane.repairQueueUrl),
      lane.parkedQueueUrl ? queues.move(lane.parkedQueueUrl) : undefined,
      this.breakers(lane),
    ]);
    return {
      ...main,
      ...(parked !== undefined && { parked }),
      ...(repair !== undefined && { repair }),
      ...(move && { move }),
      ...breakers,
    };
  }

  private snapshot({ name, consumerFunction = '' }: Lane, now: number): [name: string, LaneSnapshot][] {
    const reading = this.known.get(name);
    if (!reading) return [];
    const { charges, doubleCharges, calls } = this.environment.payment.report(name);
    const placed = this.placed.get(name) ?? 0;
    const running = this.running.filter(({ functionName }) => functionName === consumerFunction);
    const inVain = this.environment.payment.fault().kind === 'down';
    const usage = addUsage(
      this.usage.get(consumerFunction) ?? NO_USAGE,
      running.map((one) => endedNow(one, now, inVain)),
    );
    return [[name, { ...reading, placed, done: charges, doubleCharges, calls, ...usage, running: running.length }]];
  }
}

/** @throws Error when it takes longer */
async function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `The emulator has given no answer for ${milliseconds / 1000} s.`;
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
