import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenIssuer } from '../environment';
import { pathOf, refuseHost } from '../guard';

/** Who the tokens of this machine are for. */
const LOCAL_AUDIENCE = 'dead-letter-desk';

export interface Issuer extends TokenIssuer {
  stop(): Promise<void>;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A small issuer for this machine: what it signs goes through the same authorizer as a real one's. Its key is made anew at each start, and never leaves the process. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  const key = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  let url = '';
  const server = createServer((request, response) => {
    const refusal = refuseHost(request);
    const documents: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/jwks.json` },
      '/jwks.json': { keys: [key] },
    };
    const body = refusal ? { error: refusal.error } : documents[pathOf(request)];
    response.writeHead(refusal?.status ?? (body ? 200 : 404), { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: 'There is nothing here.' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token(name, role, seconds = 3600) {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: url, aud: LOCAL_AUDIENCE, sub: name, spillway_role: role, iat: now, exp: now + seconds };
      const head = `${encoded({ alg: 'RS256', typ: 'JWT', kid })}.${encoded(claims)}`;
      return `${head}.${createSign('RSA-SHA256').update(head).sign(privateKey).toString('base64url')}`;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
