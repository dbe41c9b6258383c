import type { IncomingMessage } from 'node:http';

/** Sent with every answer: only our own files, no frames, no guessing of types, nothing kept. */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export interface Refusal {
  readonly status: number;
  readonly error: string;
}

/**
 * Why a request is refused, if it is. The server listens on this machine only, but any page that its browser has open can send
 * requests here: a foreign name that was re-bound to 127.0.0.1 shows in `Host`, a foreign page in `Origin`.
 */
export function refuse(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  port: number,
): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = headers.host ?? '';
  if (!hosts.includes(host)) return { status: 421, error: `This server is ${hosts[0]}, not "${host}".` };
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') return { status: 405, error: `${method} isn't understood here; GET and POST are.` };
  if (headers.origin !== `http://${host}`) {
    return { status: 403, error: 'Changes are taken from the pages of this server only (Origin differs).' };
  }
  if (!headers['content-type']?.startsWith('application/json')) {
    return { status: 415, error: 'Send the body as application/json.' };
  }
  return undefined;
}
