import { connect, createServer, type Socket } from 'node:net';

/**
 * A line between two brokers that can be cut: bytes vanish, connections stay open, new ones are taken and get no answer. It refuses connections while its
 * target would: a line that took them and hung up would look like a broken active instance, and no bridge would ever try the other one.
 */
export class TcpProxy {
  private isCut = false;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((near) => this.join(near));

  constructor(
    readonly port: number,
    private readonly target: number,
  ) {}

  /** Follows the target: takes connections from when it does until it no longer does. */
  follow(listens: boolean): void {
    if (listens && !this.server.listening) this.server.listen(this.port, '127.0.0.1');
    if (!listens && this.server.listening) this.server.close();
  }

  cut(): void {
    this.isCut = true;
  }

  /** What was sent meanwhile is lost, so a stream that was cut can't go on: it ends, and the next attempt gets through. */
  heal(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.follow(false);
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        if (!this.isCut) to.destroy();
      });
      from.on('data', (bytes) => {
        if (!this.isCut && to.writable) to.write(bytes);
      });
    }
  }
}
