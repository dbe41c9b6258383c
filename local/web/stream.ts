import type { ServerResponse } from 'node:http';
import { KEPT_SNAPSHOTS, type Snapshot } from '../../web/wire';

/**
 * The snapshots of the last minutes, and the browsers that follow them by server-sent events. A browser gets the past as one event, `history`,
 * and then a `snapshot` a second.
 */
export class SnapshotStream {
  private readonly kept: Snapshot[] = [];
  private readonly followers = new Set<ServerResponse>();

  add(snapshot: Snapshot): void {
    this.kept.push(snapshot);
    if (this.kept.length > KEPT_SNAPSHOTS) this.kept.shift();
    for (const follower of this.followers) this.send(follower, 'snapshot', snapshot);
  }

  get last(): Snapshot | undefined {
    return this.kept.at(-1);
  }

  follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\n');
    this.send(response, 'history', this.kept);
    this.followers.add(response);
    response.on('close', () => this.followers.delete(response));
  }

  end(): void {
    for (const follower of this.followers) follower.end();
    this.followers.clear();
  }

  private send(follower: ServerResponse, event: string, data: unknown): void {
    // A browser that is asleep doesn't read; what it can't take is dropped rather than piled up, and it catches up when it reconnects.
    if (follower.writableLength > 4_000_000) {
      follower.destroy();
      return;
    }
    follower.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}
