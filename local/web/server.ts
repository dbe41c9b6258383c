import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalEnvironment } from '../environment';
import { pathOf } from '../guard';
import { buildAssets } from './assets';
import { deskPolicy } from './desk';
import { RequestError, send, sendJson } from './exchange';
import { refuse } from './guard';
import { api } from './routes';
import { Shop } from './shop';

export interface WebServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the shop and the operations pages of a local environment, on this machine only. Port 0: a free one. */
export async function startWebServer(environment: LocalEnvironment, options: { port: number }): Promise<WebServer> {
  const assets = await buildAssets();
  const shop = new Shop(environment);

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refuse(request);
    if (refusal) return sendJson(response, refusal.status, { error: refusal.error });
    const pathname = pathOf(request);
    const asset = request.method === 'POST' ? undefined : assets.get(pathname);
    const policy = pathname === '/desk' ? deskPolicy(environment) : undefined;
    if (asset) return send(response, 200, asset.type, request.method === 'HEAD' ? '' : asset.body, policy);
    await call(shop, pathname, request, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => fail(response, error));
  });
  await listen(server, options.port);
  shop.start();

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      await shop.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function call(shop: Shop, pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const { method, pattern, handle } of api) {
    const match = pattern.exec(pathname);
    if (!match || method !== request.method) continue;
    return handle({ shop, request, response, parameters: match.slice(1) });
  }
  sendJson(response, 404, { error: `There is nothing at ${pathname}.` });
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const status = error instanceof RequestError ? error.status : 502;
  sendJson(response, status, { error: error instanceof Error ? error.message : String(error) });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken by another program; choose another.`) : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}
