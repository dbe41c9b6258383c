import { randomUUID } from 'node:crypto';
import { type BreakerMetric, METRICS } from './contract';
import { judge } from './judge';
import type { BreakerOptions } from './options';
import { holdInForce, initial } from './state';
import { type BreakerStore, change, type Shared } from './store';
import { hasSuccess, join, NOTHING, SlidingWindow, type Tally } from './window';

/** Milliseconds that a sandbox goes by what it has read; also how long it leaves a store alone that failed. */
export const REFRESH_MS = 5000;
/** Milliseconds between two times that a sandbox shares what it saw, however many calls fail. */
const SHARE_MS = 1000;
/** Milliseconds of a slot of half-open, in which all sandboxes together have `permittedNumberOfCallsInHalfOpenState` calls. */
export const SLOT_MS = 1000;

export interface BreakerSurroundings {
  readonly store: BreakerStore;
  /** Milliseconds since 1970. */
  now(): number;
  random(): number;
  count(what: BreakerMetric): void;
  log(message: string, detail: Record<string, unknown>): void;
}

export interface BreakerSettings extends BreakerOptions {
  /** What happens to calls while the breaker's own store can't be reached. Default `closed`: they are made. */
  readonly onStoreFailure: 'closed' | 'open';
  /** `call`: messages keep coming in half-open, from however many sandboxes, so these share their permits. @see dependencySettings */
  readonly scope: 'consumer' | 'call';
}

/** How a protected call says that it failed, and what stands in for it while nobody may call. A call that throws has failed, too. */
export interface Protected<Result> {
  isFailure(result: Result): boolean;
  /** @param retryAfterSeconds when it makes sense to come back */
  whenOpen(retryAfterSeconds: number): Result;
}

/**
 * The breaker in front of one dependency, in one sandbox. While closed it touches nothing but memory and, every 5 s, its store once; a
 * failing call shares what this sandbox has seen, so that many sandboxes that see one failure each open it together.
 */
export class CircuitBreaker {
  private shared: Shared;
  /** Counts what was learned, so that an answer knows whether it was asked for before. */
  private learned = 0;
  private window: SlidingWindow;
  private staleAt = 0;
  private sharedAt = 0;
  private tripAgainAt = 0;
  private storeFailed = false;
  private refreshing: Promise<void> | undefined;
  private tripping: Promise<void> | undefined;
  private underWay = 0;
  /** The last slot that had no permit left. */
  private spentSlot = -1;

  constructor(
    readonly dependency: string,
    private readonly settings: BreakerSettings,
    private readonly surroundings: BreakerSurroundings,
  ) {
    this.shared = { record: initial(dependency), tally: NOTHING };
    this.window = new SlidingWindow(settings.slidingWindowSize);
  }

  async call<Result>(work: () => Promise<Result>, { isFailure, whenOpen }: Protected<Result>): Promise<Result> {
    const { surroundings, settings } = this;
    let started = surroundings.now();
    if (started >= this.staleAt) {
      await this.refresh();
      started = surroundings.now();
    }
    if (this.shared.record.state !== 'closed' || this.storeFailed) {
      const admitted = this.admits(started);
      // Nothing is waited for that needn't be: calls that are admitted at once are counted before the next one asks.
      if (!(typeof admitted === 'boolean' ? admitted : await admitted)) {
        surroundings.count(METRICS.shortCircuited);
        return whenOpen(this.retryAfterSeconds(started));
      }
      started = surroundings.now();
    }
    const { term } = this.shared.record;
    let failed = true;
    this.underWay += 1;
    try {
      const result = await work();
      failed = isFailure(result);
      return result;
    } finally {
      this.underWay -= 1;
      const ended = surroundings.now();
      const slow = ended - started >= settings.slowCallDurationThreshold;
      // A call that began in another term says nothing about this one: a hang from before must not make half-open relapse.
      if (term === this.shared.record.term) {
        this.window.add(ended, failed, slow);
        if (failed || slow) await this.weigh(ended);
      }
    }
  }

  private admits(now: number): boolean | Promise<boolean> {
    if (this.storeFailed) return this.settings.onStoreFailure === 'closed';
    if (this.shared.record.state === 'open') return false;
    if (this.underWay >= this.settings.permittedNumberOfCallsInHalfOpenState) return false;
    return this.settings.scope === 'consumer' || this.takesPermit(now);
  }

  /** Half-open with scope `call`: each sandbox alone would let through its own share, and fifty of them a herd. */
  private async takesPermit(now: number): Promise<boolean> {
    const { dependency, settings } = this;
    const slot = Math.floor(now / SLOT_MS);
    if (slot <= this.spentSlot) return false;
    const { term } = this.shared.record;
    const limit = settings.permittedNumberOfCallsInHalfOpenState;
    let granted = false;
    // One that waits for its permit counts as under way: it may not be joined by more than there is room for.
    this.underWay += 1;
    try {
      await this.withStore(async (store) => {
        granted = await store.permit(dependency, { term, slot, limit, name: randomUUID() });
      });
    } finally {
      this.underWay -= 1;
    }
    if (this.storeFailed) return settings.onStoreFailure === 'closed';
    if (!granted) this.spentSlot = Math.max(this.spentSlot, slot);
    return granted && this.shared.record.state !== 'open';
  }

  /** Until the next canary, with a few seconds of jitter, so that what was sent away doesn't come back all at once. */
  private retryAfterSeconds(now: number): number {
    const { record } = this.shared;
    const until = Math.max(record.retryAt, holdInForce(record, now)?.until ?? 0);
    return Math.ceil(Math.min(Math.max((until - now) / 1000, REFRESH_MS / 1000), 900) + this.surroundings.random() * 5);
  }

  /** One read for however many calls wait for it. */
  private refresh(): Promise<void> {
    this.refreshing ??= this.read().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async read(): Promise<void> {
    const { dependency, settings, surroundings } = this;
    await this.withStore(async (store) => {
      const { learned } = this;
      this.learn(await store.readShared(dependency, settings.slidingWindowSize, surroundings.now()), learned);
      const unshared = this.window.tally(surroundings.now());
      // Others see failures: what went well here belongs to the picture, too.
      if (this.shared.tally.failures + this.shared.tally.slowCalls > 0 && hasSuccess(unshared)) await this.share(store);
    });
    this.staleAt = surroundings.now() + REFRESH_MS;
  }

  /** After a failed or slow call: do all calls together open the breaker? */
  private async weigh(now: number): Promise<void> {
    if (this.storeFailed && now < this.staleAt) return;
    // Nothing opens it now, so nothing need be written and read for it.
    if (holdInForce(this.shared.record, now)?.kind === 'closed') return;
    await this.withStore(async (store) => {
      if (!this.verdict(now) && now >= this.sharedAt + SHARE_MS) await this.share(store);
      const evidence = this.verdict(now);
      if (!evidence || now < this.tripAgainAt) return;
      this.tripping ??= this.trip(store, evidence).finally(() => {
        this.tripping = undefined;
      });
      await this.tripping;
    });
  }

  private verdict(now: number): string | undefined {
    const { record, tally } = this.shared;
    if (record.state === 'open') return undefined;
    // What others shared is as old as the last look, a second at most while calls fail.
    const known: Tally = now < this.sharedAt + SHARE_MS ? tally : NOTHING;
    return judge(join(known, this.window.tally(now)), record.state, this.settings);
  }

  private async share(store: BreakerStore): Promise<void> {
    const { dependency, settings, surroundings } = this;
    const now = surroundings.now();
    const { learned } = this;
    const { term } = this.shared.record;
    const seen = this.window.tally(now);
    this.window.clear();
    this.sharedAt = now;
    const tally = await store.share(dependency, term, seen, settings.slidingWindowSize, now);
    if (!tally) this.learn({ record: await store.read(dependency), tally: NOTHING }, learned);
    // The state may have changed while this was under way: then these calls belong to the past.
    else if (term === this.shared.record.term) this.shared = { record: this.shared.record, tally };
  }

  private async trip(store: BreakerStore, evidence: string): Promise<void> {
    const { dependency, settings, surroundings } = this;
    const { learned } = this;
    const event = { kind: 'trip', term: this.shared.record.term, evidence } as const;
    const { changed, record } = await change(store, dependency, event, surroundings.now(), settings);
    this.learn({ record, tally: NOTHING }, learned);
    if (!changed) {
      // However many calls fail: what was refused once is asked again when the state is looked at again.
      this.tripAgainAt = surroundings.now() + REFRESH_MS;
      return;
    }
    surroundings.count(METRICS.tripped);
    surroundings.log('circuit breaker opened', { dependency, evidence, epoch: record.epoch });
  }

  /** @param asked how much had been learned when this was asked for: an older answer that comes late tells nothing */
  private learn(shared: Shared, asked: number): void {
    if (shared.record.version < this.shared.record.version && asked !== this.learned) return;
    if (shared.record.term !== this.shared.record.term) this.window.clear();
    this.shared = shared;
    this.learned += 1;
  }

  /** The breaker's own store is a dependency as well: when it fails, that is counted, said once, and never the message's problem. */
  private async withStore(work: (store: BreakerStore) => Promise<void>): Promise<void> {
    const { dependency, settings, surroundings } = this;
    try {
      await work(surroundings.store);
      this.storeFailed = false;
    } catch (error) {
      surroundings.count(METRICS.storeUnavailable);
      if (!this.storeFailed) {
        const detail = { dependency, calls: settings.onStoreFailure === 'closed' ? 'are made' : 'are not made', error };
        surroundings.log('the circuit breaker cannot reach its store', detail);
      }
      this.storeFailed = true;
      this.staleAt = surroundings.now() + REFRESH_MS;
    }
  }
}
