import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';

/** The protocol of a broker's address says nothing about its port, so the address is read as what it is: a host and a port. */
export function hostAndPort(endpoint: string): { host: string; port: number } {
  const { hostname, port } = new URL(endpoint.replace(/^[a-z+]+:/, 'https:'));
  return { host: hostname, port: Number(port || 443) };
}

/**
 * Whether somebody takes a TLS connection there. A standby doesn't listen, a dead instance doesn't either; both count as no. Never throws.
 *
 * @param options for tests, which have no certificate: a shared key
 */
export function answers(endpoint: string, timeoutMs: number, options: ConnectionOptions = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const { host, port } = hostAndPort(endpoint);
    const socket = connect({ host, port, ...(!isIP(host) && { servername: host }), ...options });
    const end = (verdict: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(verdict);
    };
    // A timer of its own: a socket's time-out doesn't run while a name is being resolved.
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.once('secureConnect', () => end(true));
    socket.on('error', () => end(false));
  });
}
