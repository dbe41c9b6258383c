import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A line between two brokers that can be cut: bytes vanish, connections stay open, new ones are taken and get no answer. */
export class TcpProxy {
  private isCut = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async listen(target: number): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (near) => proxy.join(near, target));
    return proxy;
  }

  cut(): void {
    this.isCut = true;
  }

  /** What was sent meanwhile is lost, so a stream that was cut can't go on: it ends, and the next attempt gets through. */
  heal(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, target: number): void {
    const far = connect(target, '127.0.0.1');
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
