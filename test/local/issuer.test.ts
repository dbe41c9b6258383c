import { createHash, randomBytes } from 'node:crypto';
import { type Issuer, LOCAL_CLIENT, startIssuer } from '../../local/issuer/issuer';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());

const PAGE = 'http://127.0.0.1:8123/desk';
const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const asked = {
  client_id: LOCAL_CLIENT,
  redirect_uri: PAGE,
  response_type: 'code',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  state: 'a state',
};

const authorize = (change: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${issuer.url}/authorize?${new URLSearchParams({ ...asked, ...change })}`, { redirect: 'manual', headers });

async function aCode(): Promise<string> {
  const { headers } = await authorize({ as: 'operator' });
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
}

async function exchange(code: string, change: Record<string, string> = {}) {
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: PAGE,
    client_id: LOCAL_CLIENT,
    code_verifier: verifier,
  };
  const response = await fetch(`${issuer.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, ...change }),
  });
  return { status: response.status, body: (await response.json()) as { access_token?: string; error?: string } };
}

test('a code becomes a token of the role that was chosen, once', async () => {
  const code = await aCode();
  const { status, body } = await exchange(code);
  expect(status).toBe(200);
  const claims = JSON.parse(Buffer.from(body.access_token?.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({
    iss: issuer.url,
    aud: LOCAL_CLIENT,
    sub: 'local-operator',
    spillway_role: 'operator',
  });
  expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test.each([
  ['another verifier', { code_verifier: 'x'.repeat(43) }],
  ['another page', { redirect_uri: 'http://127.0.0.1:8123/else' }],
  ['another client', { client_id: 'else' }],
])('a code is worth nothing with %s', async (_, change) => {
  expect(await exchange(await aCode(), change)).toMatchObject({ status: 400 });
});

test.each([
  ['a page that is not of this machine', { redirect_uri: 'http://127.0.0.1.example.com/desk' }],
  ['a page with a name in front', { redirect_uri: 'http://127.0.0.1@example.com/desk' }],
  ['a script', { redirect_uri: 'javascript:alert(1)' }],
  ['another client', { client_id: 'else' }],
  ['a challenge that is none', { code_challenge: '' }],
  ['a challenge as it is', { code_challenge_method: 'plain' }],
])('nobody is sent to %s', async (_, change) => {
  const { status, headers } = await authorize({ as: 'operator', ...change });
  expect(status).toBe(400);
  expect(headers.get('location')).toBeNull();
});

test('what a page asks for is shown as text', async () => {
  const response = await authorize({ state: '"><script>alert(1)</script>' });
  expect(response.status).toBe(200);
  expect(await response.text()).not.toContain('<script');
});

test('who was chosen before is taken again, unless the page asks anew', async () => {
  const cookie = (await authorize({ as: 'viewer' })).headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await authorize({}, { cookie })).status).toBe(302);
  expect((await authorize({ prompt: 'login' }, { cookie })).status).toBe(200);
});

test('only pages of this machine read what it says', async () => {
  const readers = async (origin: string) =>
    (await fetch(`${issuer.url}/.well-known/openid-configuration`, { headers: { origin } })).headers.get(
      'access-control-allow-origin',
    );
  expect(await readers('http://127.0.0.1:8123')).toBe('http://127.0.0.1:8123');
  expect(await readers('https://example.com')).toBeNull();
});
