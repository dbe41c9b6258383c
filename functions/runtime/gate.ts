/**
 * Lets many in at once, or one alone. A message whose last delivery died may have killed its process: it is worked on alone, so that it takes no other along, and so that it is known
 * which one it was.
 */
export class Gate {
  private inside = 0;
  private alone: Promise<void> | undefined;
  private waiting: (() => void)[] = [];

  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.alone) await this.alone;
    this.inside += 1;
    try {
      return await work();
    } finally {
      this.inside -= 1;
      if (this.inside === 0) for (const go of this.waiting.splice(0)) go();
    }
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    while (this.alone) await this.alone;
    let leave: () => void = () => {};
    this.alone = new Promise((resolve) => {
      leave = resolve;
    });
    try {
      if (this.inside > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
      return await work();
    } finally {
      this.alone = undefined;
      leave();
    }
  }
}
