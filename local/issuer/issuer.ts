import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenIssuer } from '../environment';
import { bodyOf, pathOf, refuseHost } from '../guard';
import { type Answer, authorize, type Code, exchange, isOfThisMachine } from './code-flow';
import { newSigner } from './signer';

/** Who the tokens of this machine are for, and the id of the page that asks for them. */
export const LOCAL_CLIENT = 'dead-letter-desk';

export interface Issuer extends TokenIssuer {
  stop(): Promise<void>;
}

/** A form of a few fields. */
const MAXIMUM_FORM_BYTES = 16_384;

/**
 * A small issuer of OpenID Connect for this machine, with the authorization code flow and PKCE: what it signs goes through the same page, the same authorizer and the same function as a real one's. Whoever sits at
 * this machine may be anybody. Its key is made anew at each start, and never leaves the process.
 */
export async function startIssuer(): Promise<Issuer> {
  const signer = newSigner();
  const codes = new Map<string, Code>();
  let url = '';
  const token = (name: string, role: string, seconds = 3600): string => {
    const now = Math.floor(Date.now() / 1000);
    return signer.sign({ iss: url, aud: LOCAL_CLIENT, sub: name, spillway_role: role, iat: now, exp: now + seconds });
  };
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const refusal = refuseHost(request);
    if (refusal) return json(refusal.status, { error: refusal.error });
    switch (`${request.method} ${pathOf(request)}`) {
      case 'GET /.well-known/openid-configuration':
        return json(200, {
          issuer: url,
          jwks_uri: `${url}/jwks.json`,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
        });
      case 'GET /jwks.json':
        return json(200, { keys: [signer.key] });
      case 'GET /authorize':
        return authorize(request, { issuer: url, client: LOCAL_CLIENT, codes });
      case 'POST /token':
        return exchange(new URLSearchParams(await readForm(request)), { client: LOCAL_CLIENT, codes, token });
      default:
        return json(404, { error: 'There is nothing here.' });
    }
  };
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: Error) => json(400, { error: 'invalid_request', error_description: error.message }))
      .then((answered) => respond(request, response, answered));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const json = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

function respond({ headers: { origin } }: IncomingMessage, response: ServerResponse, answered: Answer): void {
  const { status, headers = {}, body = '' } = answered;
  // Pages of this machine read what it says; a page from anywhere else doesn't.
  const reader = origin !== undefined && isOfThisMachine(origin) ? { 'access-control-allow-origin': origin } : {};
  response.writeHead(status, { 'cache-control': 'no-store', vary: 'origin', ...reader, ...headers });
  response.end(body);
}

const readForm = (request: IncomingMessage): Promise<string> =>
  bodyOf(request, MAXIMUM_FORM_BYTES, () => new Error(`a form has at most ${MAXIMUM_FORM_BYTES} bytes`));
