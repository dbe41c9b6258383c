/** Virtual time: waiting costs nothing, and what happens at one instant happens in the order of a seeded schedule. */
export class Clock {
  now = 0;
  private readonly waiting: { at: number; order: number; wake: () => void }[] = [];
  private count = 0;

  sleep(seconds: number): Promise<void> {
    return new Promise((wake) => {
      this.count += 1;
      this.waiting.push({ at: this.now + Math.max(0, seconds), order: this.count, wake });
    });
  }

  /** Runs until some work has ended; what else was started stays under way. */
  async until(work: Promise<unknown>): Promise<void> {
    let ended = false;
    const noted = work.finally(() => {
      ended = true;
    });
    noted.catch(() => undefined);
    await settle();
    while (!ended && (await this.wakeNext()));
    if (!ended) throw new Error('nothing is waiting, and the work has not ended');
    await noted;
  }

  /** Runs until nothing is waiting any more; everything that was started has then ended. */
  async drain(): Promise<void> {
    await settle();
    while (await this.wakeNext());
  }

  private async wakeNext(): Promise<boolean> {
    this.waiting.sort((a, b) => a.at - b.at || a.order - b.order);
    const next = this.waiting.shift();
    if (!next) return false;
    this.now = Math.max(this.now, next.at);
    next.wake();
    await settle();
    return true;
  }
}

/** Lets every promise that can go on do so. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** mulberry32: small, fast, and the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
