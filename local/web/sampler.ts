import type { LaneSnapshot, Snapshot } from '../../web/wire';
import type { LocalEnvironment } from '../environment';
import { addUsage, NO_USAGE, type Usage } from '../usage';
import type { Lane } from './lanes';
import type { Queues } from './queues';

/** An invocation may be listed a little after it ended; asking this far back misses none. */
const LOOK_BACK_MS = 5_000;

/** Takes a snapshot of every lane: what lies in its queues, what its function used, what payment has booked. */
export class Sampler {
  private readonly usage = new Map<string, Usage>();
  /** Request id → when it ended; so that an invocation that is listed twice counts once. */
  private readonly counted = new Map<string, number>();
  private readonly placed = new Map<string, number>();
  private readonly known = new Map<string, LaneSnapshot>();
  private since = 0;

  constructor(
    private readonly environment: Pick<LocalEnvironment, 'payment' | 'invocations'>,
    private readonly queues: Pick<Queues, 'depth' | 'move'>,
    private readonly breakers: (lane: Lane) => Promise<Pick<LaneSnapshot, 'breakers' | 'receiving'>>,
    private readonly now: () => number = Date.now,
  ) {}

  orderPlaced(lane: string): void {
    this.placed.set(lane, (this.placed.get(lane) ?? 0) + 1);
  }

  /** Never throws: a lane that can't be read keeps its last numbers, and the snapshot says so. */
  async sample(lanes: readonly Lane[]): Promise<Snapshot> {
    const at = this.now();
    const trouble: string[] = [];
    const note = (error: unknown) => trouble.push(error instanceof Error ? error.message : String(error));
    await this.countInvocations(at).catch(note);
    await Promise.all(
      lanes.map(async (lane) => {
        try {
          this.known.set(lane.name, await this.lane(lane));
        } catch (error) {
          note(error);
        }
      }),
    );
    const snapshots = lanes.flatMap(({ name }) => {
      const snapshot = this.known.get(name);
      return snapshot ? [[name, snapshot] as const] : [];
    });
    return {
      at,
      fault: this.environment.payment.fault(),
      lanes: Object.fromEntries(snapshots),
      ...(trouble.length > 0 && { trouble: [...new Set(trouble)].join(' · ').slice(0, 300) }),
    };
  }

  private async countInvocations(at: number): Promise<void> {
    for (const invocation of await this.environment.invocations(this.since)) {
      const { requestId, functionName, startedAt, durationMs } = invocation;
      if (this.counted.has(requestId)) continue;
      this.counted.set(requestId, startedAt + durationMs);
      this.usage.set(functionName, addUsage(this.usage.get(functionName) ?? NO_USAGE, [invocation]));
    }
    this.since = at - LOOK_BACK_MS;
    for (const [requestId, endedAt] of this.counted) {
      if (endedAt < this.since - LOOK_BACK_MS) this.counted.delete(requestId);
    }
  }

  private async lane(lane: Lane): Promise<LaneSnapshot> {
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
    const { charges, doubleCharges, calls } = this.environment.payment.report(lane.name);
    return {
      ...main,
      placed: this.placed.get(lane.name) ?? 0,
      done: charges,
      doubleCharges,
      calls,
      ...(this.usage.get(lane.consumerFunction ?? '') ?? NO_USAGE),
      ...(parked !== undefined && { parked }),
      ...(repair !== undefined && { repair }),
      ...(move && { move }),
      ...breakers,
    };
  }
}
