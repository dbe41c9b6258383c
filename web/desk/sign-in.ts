import * as oauth from 'oauth4webapi';
import type { PageSettings } from '../../functions/desk/contract';

/** Nobody is signed in any more, or nobody could be. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

/** What has to be known when the issuer sends somebody back. It is gone with the tab, and holds no token. */
interface Pending {
  readonly state: string;
  readonly verifier: string;
  /** Where on the page they were. */
  readonly hash: string;
}

const PENDING = 'spillway.sign-in';
/** Milliseconds before its end at which a token is renewed. */
const EARLY_MS = 60_000;

/** A sign-in at any OpenID Connect issuer: authorization code with PKCE. The token is held in memory only; a reload asks the issuer again, which knows who was there. */
export class SignIn {
  private token: { readonly access: string; readonly refresh?: string | undefined; readonly until: number } | undefined;

  private constructor(
    private readonly server: oauth.AuthorizationServer,
    private readonly settings: PageSettings,
  ) {}

  /** @returns nothing when the browser is on its way to the issuer @throws SignInError */
  static async begin(settings: PageSettings): Promise<SignIn | undefined> {
    const issuer = new URL(settings.issuer);
    const server = await oauth
      .discoveryRequest(issuer, options(settings))
      .then((response) => oauth.processDiscoveryResponse(issuer, response))
      .catch((error: Error) => {
        throw new SignInError(`The issuer ${settings.issuer} doesn’t say how to sign in: ${error.message}`);
      });
    const signIn = new SignIn(server, settings);
    if (/[?&](code|error)=/.test(location.search)) {
      await signIn.finish();
      return signIn;
    }
    await signIn.leave();
    return undefined;
  }

  /** To the issuer. @param anew it is asked who somebody is, also when it knows */
  async leave(anew = false): Promise<void> {
    const { authorization_endpoint: endpoint } = this.server;
    if (!endpoint) throw new SignInError(`The issuer ${this.settings.issuer} has no authorization endpoint`);
    const pending = {
      state: oauth.generateRandomState(),
      verifier: oauth.generateRandomCodeVerifier(),
      hash: location.hash,
    };
    sessionStorage.setItem(PENDING, JSON.stringify(pending satisfies Pending));
    const to = new URL(endpoint);
    for (const [name, value] of Object.entries({
      ...this.settings.parameters,
      client_id: this.settings.clientId,
      redirect_uri: here(),
      response_type: 'code',
      scope: this.settings.scope,
      state: pending.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...(anew && { prompt: 'login' }),
    }))
      to.searchParams.set(name, value);
    location.assign(to);
  }

  /** The token that a call is made with. @throws SignInError when it is over */
  async access(): Promise<string> {
    if (this.token && this.token.until - EARLY_MS < Date.now()) await this.renew();
    if (!this.token) throw new SignInError('Your sign-in has ended.');
    return this.token.access;
  }

  /** Back from the issuer. */
  private async finish(): Promise<void> {
    const came = new URL(location.href);
    const { state, verifier, hash } = readPending();
    sessionStorage.removeItem(PENDING);
    // The code is of no use to whoever sees the address later, and isn't seen.
    history.replaceState(null, '', `${location.pathname}${hash}`);
    try {
      const parameters = oauth.validateAuthResponse(this.server, this.client, came, state);
      const asked = await oauth.authorizationCodeGrantRequest(
        ...([this.server, this.client, oauth.None(), parameters, here(), verifier, options(this.settings)] as const),
      );
      this.take(await oauth.processAuthorizationCodeResponse(this.server, this.client, asked));
    } catch (error) {
      const said =
        error instanceof oauth.AuthorizationResponseError ? (error.error_description ?? error.error) : undefined;
      throw new SignInError(`The sign-in came to nothing: ${said ?? (error as Error).message}`);
    }
  }

  private async renew(): Promise<void> {
    const refresh = this.token?.refresh;
    if (refresh) {
      const response = await oauth
        .refreshTokenGrantRequest(this.server, this.client, oauth.None(), refresh, options(this.settings))
        .then((answer) => oauth.processRefreshTokenResponse(this.server, this.client, answer))
        .catch(() => undefined);
      if (response) return this.take(response, refresh);
    }
    if ((this.token?.until ?? 0) < Date.now()) this.token = undefined;
  }

  private take({ access_token, refresh_token, expires_in = 300 }: oauth.TokenEndpointResponse, before?: string): void {
    this.token = { access: access_token, refresh: refresh_token ?? before, until: Date.now() + expires_in * 1000 };
  }

  private get client(): oauth.Client {
    return { client_id: this.settings.clientId };
  }
}

/** Where the issuer sends people back: the page, without what stands behind it. */
const here = () => `${location.origin}${location.pathname}`;

/** An issuer without TLS is taken on this machine only. */
const options = ({ issuer }: PageSettings) => ({
  [oauth.allowInsecureRequests]: new URL(issuer).hostname === '127.0.0.1' && location.hostname === '127.0.0.1',
});

function readPending(): Pending {
  const kept = sessionStorage.getItem(PENDING);
  // A sign-in that this tab never began is nobody's of ours: it may be somebody else's account.
  if (!kept) throw new SignInError('This tab has not begun to sign in');
  return JSON.parse(kept) as Pending;
}
