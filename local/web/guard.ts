import type { IncomingMessage } from 'node:http';
import { type Refusal, refuseHost } from '../guard';

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

/** Why a request is refused, if it is: anybody may follow a link to the pages, but only the pages themselves change anything. */
export function refuse(request: IncomingMessage): Refusal | undefined {
  const { method, headers } = request;
  const stranger = refuseHost(request);
  if (stranger) return stranger;
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') return { status: 405, error: `${method} isn't understood here; GET and POST are.` };
  if (headers.origin !== `http://${headers.host}`) {
    return { status: 403, error: 'Changes are taken from the pages of this server only (Origin differs).' };
  }
  if (!headers['content-type']?.startsWith('application/json')) {
    return { status: 415, error: 'Send the body as application/json.' };
  }
  return undefined;
}
