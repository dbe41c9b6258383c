import type { OperationPorts } from '../../functions/desk/core/operations';
import { RefusedError } from '../../functions/desk/core/sending';
import type { BreakerRequest } from '../../functions/operations/circuit-breaker/hold/contract';
import { deletedFrom } from '../../functions/operations/circuit-breaker/hold/expiry';
import type { RunningMove } from '../../functions/operations/move-tasks';
import type { RedriveRequest } from '../../functions/operations/redrive/contract';
import { reconcile } from '../../functions/operations/redrive/reconcile';
import { readDependencies } from '../../functions/runtime/breaker/settings';
import { change } from '../../functions/runtime/breaker/store';
import { consecutiveCanaries } from '../../functions/runtime/canary';
import type { InMemory } from '../functions/desk/in-memory';
import { QUEUE, SETTINGS } from '../functions/desk/letters';
import { MemoryStore } from '../functions/operations/circuit-breaker/memory-store';

const [PARKED, MAIN] = [QUEUE.replace('repair', 'parked'), QUEUE.replace('-repair', '')];
const RETENTION_SECONDS = 4 * 86_400;

/** A consumer with a breaker and a redrive, in memory: what they decide is decided by their own code, and messages move by themselves, two at each look. */
export class OperatedQueue implements OperationPorts {
  readonly breakers = new MemoryStore();
  private readonly dependencies = readDependencies('{"bank": {}}');
  private parked = 0;
  private move: RunningMove | undefined;

  constructor(private readonly memory: InMemory) {}

  /** The queue is attached, with so many parked for as long. */
  async park(parked: number, waitedSeconds = 3600): Promise<void> {
    this.parked = parked;
    const { store } = this.memory;
    await store.settle({ ...SETTINGS, canary: 'canary', redrive: 'invoices-redrive', breaker: 'invoices-hold' });
    const now = Date.now();
    await store.noteLook({
      ...{ of: QUEUE, queue: PARKED, tier: 'parked', messages: parked, retentionSeconds: 14 * 86_400 },
      at: new Date(now).toISOString(),
      oldestCameAt: new Date(now - waitedSeconds * 1000).toISOString(),
    });
    await store.noteLook({
      ...{ of: QUEUE, queue: MAIN, tier: 'main', messages: 0, retentionSeconds: RETENTION_SECONDS },
      at: new Date(now).toISOString(),
    });
  }

  /** The dependency goes down, and the breaker opens. */
  async fail(): Promise<void> {
    this.memory.canary = 'red';
    const { term } = await this.breakers.read('bank');
    const evidence = '5 calls failed in a row: HTTP 503';
    await this.change('bank', { kind: 'trip', term, evidence });
  }

  async invoke(functionArn: string, request: object): Promise<unknown> {
    return functionArn === 'invoices-redrive'
      ? this.redrive(request as RedriveRequest)
      : this.hold(request as BreakerRequest);
  }

  private redrive({ dryRun = false, rate = 1 }: RedriveRequest) {
    if (this.move) this.go(this.move);
    const green = this.memory.canary === 'green';
    const ask = async () => ({ green, detail: green ? 'the bank answers' : 'the bank answered 503', internal: false });
    return reconcile(
      { rate, dryRun, byHand: true },
      {
        parked: async () => this.parked,
        runningMove: async () => this.move,
        failedMove: async () => undefined,
        releases: async () => [],
        canary: () => consecutiveCanaries(3, ask),
        start: async (wanted) => {
          this.move = { taskHandle: 'task', moved: 0, toMove: this.parked, rate: wanted, startedAt: Date.now() };
          return true;
        },
        cancel: async () => {
          this.move = undefined;
        },
      },
    );
  }

  private go({ moved, ...move }: RunningMove): void {
    const now = Math.min(2, this.parked);
    this.parked -= now;
    this.move = now > 0 ? { ...move, moved: moved + now } : undefined;
  }

  private async hold(request: BreakerRequest): Promise<unknown> {
    if (request.operation === 'breaker-status') return [await this.breakers.read('bank')];
    const { dependency, who, why } = request;
    if (request.operation === 'breaker-lift') return [await this.change(dependency, { kind: 'lift-hold', who, why })];
    const until = Date.parse(request.until);
    const from = deletedFrom(await this.breakers.read(dependency), until, RETENTION_SECONDS, Date.now());
    if (from !== undefined) throw new RefusedError('until: SQS would delete what waits before the hold ends');
    const hold = { kind: request.hold, who, why, until };
    return [await this.change(dependency, { kind: 'hold', hold, replace: request.replace ?? false })];
  }

  private async change(dependency: string, event: Parameters<typeof change>[2]) {
    const options = this.dependencies[dependency];
    if (!options) throw new RefusedError(`no dependency "${dependency}"`);
    const done = await change(this.breakers, dependency, event, Date.now(), options);
    if (!done.changed) throw new RefusedError(done.reason);
    return done.record;
  }
}
