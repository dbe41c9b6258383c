import type { IncomingMessage } from 'node:http';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/**
 * A server that listens on this machine only is still within reach of every page in its browser: a foreign name that was re-bound to 127.0.0.1 shows
 * in `Host`.
 */
export function refuseHost({ headers, socket }: IncomingMessage): Refusal | undefined {
  const [own, alias] = ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${socket.localPort}`).host);
  const { host = '' } = headers;
  return host === own || host === alias ? undefined : { status: 421, error: `This server is ${own}, not "${host}".` };
}

/** For a server that only programs call: they send nothing of what a browser says about the page that asks. */
export function refusePages({ headers }: IncomingMessage): Refusal | undefined {
  const site = headers['sec-fetch-site'];
  if (headers.origin === undefined && site !== 'cross-site' && site !== 'same-site') return undefined;
  return { status: 403, error: 'No web page may call this server.' };
}

/** What a request has in its body. @throws what `refusal` makes, of a body of more than `most` bytes */
export async function bodyOf(request: IncomingMessage, most: number, refusal: () => Error): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) throw refusal();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What a request asks for, without its query. Not by `new URL`, which throws on what anybody may send: `GET //`. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';
