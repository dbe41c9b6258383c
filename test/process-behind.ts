import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

/** What was read, or undefined where the process or its file has gone, or is not ours. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * The socket in a table like /proc/net/tcp that is one end of a connection within this machine. Both ports count: another connection to elsewhere may use the same local
 * port, and so does what is left of an older one.
 */
export function socketBetween(table: string, localPort: number, remotePort: number): string | undefined {
  const end = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = table
    .split('\n')
    .map((entry) => entry.trim().split(/\s+/))
    .find(([, local, remote]) => local === end(localPort) && remote === end(remotePort));
  return line?.[9];
}

/** The process that holds the other end of a connection to a server on 127.0.0.1. */
export function processBehind({ localPort, remotePort }: Socket): number | undefined {
  const socket = socketBetween(readFileSync('/proc/net/tcp', 'utf8'), remotePort ?? 0, localPort ?? 0);
  const holder = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .find((pid) =>
      // Each read by itself: a busy process closes other files while its list is gone through.
      (ifThere(() => readdirSync(`/proc/${pid}/fd`)) ?? []).some(
        (fd) => ifThere(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) === `socket:[${socket}]`,
      ),
    );
  return holder === undefined ? undefined : Number(holder);
}
