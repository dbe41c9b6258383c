import { setTimeout as sleep } from 'node:timers/promises';
import rhea, { type Connection, type ConnectionOptions } from 'rhea';
import type { Broker } from './broker';

/** Milliseconds that a message waits for an instance that takes it: a failover is much shorter. */
const PATIENCE_MS = 15_000;

/** A connection to one instance; nothing is tried again by rhea itself. */
export function connectTo(
  port: number,
  { username, password }: { readonly username: string; readonly password: string },
  authority: string,
): Connection {
  // An address is no name for TLS, and the certificate is good for this one too.
  const tls = { transport: 'tls', ca: authority, servername: 'localhost' };
  const options = { host: '127.0.0.1', port, ...tls, username, password, reconnect: false };
  const connection = rhea.create_container().connect(options as unknown as ConnectionOptions);
  // Without a listener rhea throws.
  for (const event of ['connection_error', 'disconnected', 'protocol_error', 'error']) connection.on(event, () => {});
  return connection;
}

/** Ends a connection without a word: brokers take that for a client that has died. */
export function cut(connection: Connection): void {
  (connection as unknown as { socket?: { destroy(): void } }).socket?.destroy();
}

/** Sends a message that outlives the broker's death, to whichever instance is active. @throws when none has confirmed it in time */
export async function send(broker: Broker, queue: string, body: string, authority: string): Promise<void> {
  const user = broker.application;
  if (!user) throw new Error(`${broker.identity.brokerName} has no user in the group applications`);
  for (const started = Date.now(); Date.now() - started < PATIENCE_MS; await sleep(200)) {
    const { active } = broker;
    if (active && (await sendTo(active.amqpPort, user, queue, body, authority))) return;
  }
  throw new Error(
    `${broker.identity.brokerName} has not confirmed the message in ${PATIENCE_MS / 1000} s: it has no active instance, or no room`,
  );
}

function sendTo(
  port: number,
  user: { readonly username: string; readonly password: string },
  queue: string,
  body: string,
  authority: string,
): Promise<boolean> {
  const connection = connectTo(port, user, authority);
  return new Promise<boolean>((resolve) => {
    const sender = connection.open_sender({ target: queue });
    sender.once('sendable', () => sender.send({ durable: true, body }));
    sender.once('accepted', () => resolve(true));
    for (const refused of ['rejected', 'released', 'modified']) sender.once(refused, () => resolve(false));
    for (const lost of ['disconnected', 'connection_error', 'sender_error'])
      connection.once(lost, () => resolve(false));
    setTimeout(() => resolve(false), 5000).unref();
  }).finally(() => cut(connection));
}
