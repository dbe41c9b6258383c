import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../guard';
import { SECURITY_HEADERS } from './guard';

/** An error whose message is meant for whoever made the request. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

export const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length));

/** What an order or a setting takes, many times over. */
const MAXIMUM_BODY_BYTES = 64 * 1024;

/** @param maximum bytes of a body that is read */
export const readBody = (request: IncomingMessage, maximum = MAXIMUM_BODY_BYTES): Promise<string> =>
  bodyOf(request, maximum, () => new RequestError(413, `The body is over ${maximum} bytes.`));

export async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request)) || '{}');
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(400, 'The body is not JSON.');
  }
}

/** @param policy of a page that needs another than the rest */
export function send(response: ServerResponse, status: number, type: string, body: string, policy?: string): void {
  const own = policy && { 'content-security-policy': policy };
  response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': type, ...own });
  response.end(body);
}

export const sendJson = (response: ServerResponse, status: number, value: unknown) =>
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
