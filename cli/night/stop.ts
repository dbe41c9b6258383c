/**
 * How a command that holds messages learns that it has to end: Ctrl-C, a `kill`, a closed terminal, or a reader such as `head` that has had enough. It ends its loop and puts back what it
 * holds; killed at once it would leave them hidden for two minutes. A receive that is under way is waited for: what it brings would be hidden and known to nobody. The second Ctrl-C ends it
 * at once.
 */
export class Stop {
  private asked = false;

  constructor() {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.once(signal, () => {
        this.asked = true;
        process.exitCode = code;
      });
    }
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error;
        this.asked = true;
      });
    }
  }

  get requested(): boolean {
    return this.asked;
  }
}
