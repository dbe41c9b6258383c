import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a code stands for until it is exchanged, once. */
export interface Code {
  readonly role: string;
  readonly challenge: string;
  readonly redirect: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

interface Client {
  readonly client: string;
  readonly codes: Map<string, Code>;
}

const ROLES = { viewer: 'looks', operator: 'mends and sends', admin: 'attaches queues, exports the audit' } as const;
/** Codes are exchanged at once. Source: RFC 6749, 4.1.2 recommends at most ten minutes. */
const CODE_MS = 60_000;
const COOKIE = 'spillway_issuer';

/** A page of this machine, on whatever port. Source: RFC 8252, 7.3: the port of a loopback redirect is free. */
export function isOfThisMachine(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  return protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname) && username === '' && password === '';
}

/** Asks who somebody is, and sends them back with a code. Who was chosen before is taken again, unless the page asks anew (`prompt=login`). */
export function authorize(
  request: IncomingMessage,
  { issuer, client, codes }: Client & { readonly issuer: string },
): Answer {
  const asked = new URL(request.url ?? '/', issuer).searchParams;
  const [redirect, challenge] = [asked.get('redirect_uri') ?? '', asked.get('code_challenge') ?? ''];
  const wrong =
    (asked.get('client_id') !== client && `client_id is "${asked.get('client_id')}"; ${client} is the one here`) ||
    (!isOfThisMachine(redirect) && `redirect_uri is "${redirect}"; it takes a page of this machine`) ||
    (asked.get('response_type') !== 'code' && 'response_type takes code') ||
    (asked.get('code_challenge_method') !== 'S256' && 'code_challenge_method takes S256') ||
    (!/^[\w-]{43}$/.test(challenge) && 'code_challenge takes a SHA-256, 43 characters');
  if (wrong) return { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: wrong };
  const chosen = asked.get('as');
  const before = asked.get('prompt') === 'login' ? null : remembered(request);
  const role = [chosen, before].find((each) => each !== null && Object.hasOwn(ROLES, each));
  if (!role) return question(asked);
  const code = randomUUID();
  codes.set(code, { role, challenge, redirect, until: Date.now() + CODE_MS });
  const back = new URL(redirect);
  for (const [name, value] of [
    ['code', code],
    ['state', asked.get('state')],
    ['iss', issuer],
  ] as const)
    if (value !== null) back.searchParams.set(name, value);
  return {
    status: 302,
    headers: { location: back.href, 'set-cookie': `${COOKIE}=${role}; HttpOnly; SameSite=Lax; Path=/authorize` },
  };
}

const remembered = ({ headers: { cookie = '' } }: IncomingMessage): string | null =>
  new RegExp(`(?:^|;\\s*)${COOKIE}=(\\w+)`).exec(cookie)?.[1] ?? null;

/** A code becomes a token once, for who has the verifier of its challenge. */
export function exchange(
  form: URLSearchParams,
  { client, codes, token }: Client & { token(name: string, role: string): string },
): Answer {
  const given = form.get('code') ?? '';
  const code = codes.get(given);
  codes.delete(given);
  const verifier = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const holds =
    form.get('grant_type') === 'authorization_code' &&
    form.get('client_id') === client &&
    code !== undefined &&
    code.until > Date.now() &&
    code.redirect === form.get('redirect_uri') &&
    code.challenge === verifier;
  if (!holds)
    return tokenAnswer(400, {
      error: 'invalid_grant',
      error_description: 'The code is no longer good, or was given to another.',
    });
  const signed = token(`local-${code.role}`, code.role);
  return tokenAnswer(200, { access_token: signed, id_token: signed, token_type: 'Bearer', expires_in: 3600 });
}

const tokenAnswer = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const STYLE = `:root{color-scheme:light dark;font:1rem/1.5 ui-sans-serif,system-ui,sans-serif}
body{max-width:26rem;margin:12vh auto;padding:0 1rem}
a{display:block;margin:.6rem 0;padding:.8rem 1rem;border:1px solid GrayText;border-radius:.6rem;color:inherit;text-decoration:none}
a:hover,a:focus-visible{outline:3px solid #1253b5;outline-offset:2px}
ul{padding:0;list-style:none}
b{display:block;text-transform:capitalize}`;

/** Who are you? Each answer is the same question with it. */
function question(asked: URLSearchParams): Answer {
  const link = ([role, may]: readonly [string, string]) => {
    const query = new URLSearchParams(asked);
    query.set('as', role);
    const href = `/authorize?${query}`.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
    return `<li><a href="${href}"><b>${role}</b>${may}</a></li>`;
  };
  const roles = Object.entries(ROLES).map(link).join('');
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in · this machine</title><style>${STYLE}</style></head><body><main><h1>Sign in</h1><p>This machine’s own issuer takes your word for it. Who are you?</p><ul>${roles}</ul></main></body></html>`,
  };
}
