// Millions of times each, and in the sandbox of a test a global is looked up by its name every time.
const { imul } = Math;
const { nextTick } = process;
const Later = Promise;

/** mulberry32: the same seed, the same history. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a process can meet on its way: how rough the world of a history is. */
export interface Weather {
  /** Chance that a process dies at a round trip: half of them before it takes effect, half right after. */
  readonly crash: number;
  /** Chance that EventBridge loses an event. */
  readonly lost: number;
  /** Chance that a round trip hangs; for long only once in each process. */
  readonly hang: number;
}

export const WEATHERS = {
  /** Nothing goes wrong but the dependency: whatever is promised promptly has to be prompt. */
  calm: { crash: 0, lost: 0, hang: 0 },
  /** Nobody dies, but what was read is old when it is written. */
  slow: { crash: 0, lost: 0, hang: 0.1 },
  /** Processes die between any two writes, and events are lost. */
  rough: { crash: 0.02, lost: 0.1, hang: 0.01 },
} satisfies Record<string, Weather>;

/** As long as a function with a time-out of 30 s may be stuck and still go on. */
const HANG_MS = 20_000;

/** A process of the simulation: it takes round trips, and may hang or die at one. */
export interface Process {
  /** @param hangMs how long this one may hang at most */
  trip<Result>(effect: () => Promise<Result> | Result, hangMs?: number): Promise<Result>;
}

/** Virtual time, and the processes that live in it. */
export class Time {
  now = 1_700_000_000_000;
  readonly began = this.now;
  crashes = 0;
  private readonly timers: { at: number; wake: () => void }[] = [];

  constructor(
    readonly random: () => number,
    private readonly weather: Weather,
    /** Second from which on nothing dies or hangs any more: without such a moment nothing can be promised. */
    private readonly calmFrom: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  get second(): number {
    return (this.now - this.began) / 1000;
  }

  get calm(): boolean {
    return this.second >= this.calmFrom;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  sleep(ms: number): Promise<void> {
    return new Later((wake) => {
      const at = this.now + ms;
      // Kept in order of time, the latest first; of two at the same time the one that began first wakes first.
      let low = 0;
      let high = this.timers.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((this.timers[middle] as { at: number }).at > at) low = middle + 1;
        else high = middle;
      }
      this.timers.splice(low, 0, { at, wake });
    });
  }

  /** Lets time pass up to this second. */
  async runUntil(second: number): Promise<void> {
    const end = this.began + second * 1000;
    for (;;) {
      await settle();
      const next = this.timers.at(-1);
      if (!next || next.at > end) break;
      this.timers.pop();
      this.now = next.at;
      next.wake();
    }
    this.now = end;
  }

  /** Runs a process to its end, which may be its death. */
  process(work: (process: Process) => Promise<unknown>): Promise<'ended' | 'crashed'> {
    return new Later((resolve) => {
      let mayHang = true;
      const dies = () => {
        if (this.calm || !this.chance(this.weather.crash)) return false;
        this.crashes += 1;
        resolve('crashed');
        return true;
      };
      const way = (hangMs: number) => {
        if (!mayHang || this.calm || !this.chance(this.weather.hang)) return 1 + this.random() * 150;
        if (hangMs === HANG_MS) mayHang = false;
        return this.random() * hangMs;
      };
      const trip: Process['trip'] = async (effect, hangMs = HANG_MS) => {
        await this.sleep(way(hangMs));
        if (dies()) return forever();
        const result = await effect();
        if (dies()) return forever();
        await this.sleep(way(hangMs));
        return result;
      };
      work({ trip }).then(
        () => resolve('ended'),
        (error) => {
          this.failed(error);
          resolve('ended');
        },
      );
    });
  }
}

const forever = <Result>() => new Later<Result>(() => {});
/** Everything that can go on without time passing has gone on: a tick comes when no promise has anything left to do. Far cheaper than a turn of the event loop. */
const settle = () => new Later<void>((resolve) => nextTick(resolve));
