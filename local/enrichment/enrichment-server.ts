import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EnrichmentService } from '../environment';
import { pathOf, refuseHost, refusePages } from '../guard';

export interface EnrichmentServer extends EnrichmentService {
  stop(): Promise<void>;
}

const SECTIONS = ['beans', 'brewing', 'machines', 'gifts'] as const;

/** The same page is always of the same section. */
const sectionOf = (page: string): string =>
  SECTIONS[[...page].reduce((sum, character) => sum + character.charCodeAt(0), 0) % SECTIONS.length] ?? 'beans';

/** The simulated enrichment service over HTTP, on 127.0.0.1: it knows which section of the site a page belongs to. While it is down it takes every call and answers none. */
export async function startEnrichmentServer({ port = 0 }: { port?: number } = {}): Promise<EnrichmentServer> {
  let down = false;
  const hanging = new Set<ServerResponse>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refuseHost(request) ?? refusePages(request);
    if (refusal) return send(response, refusal.status, { error: refusal.error });
    if (down) {
      hanging.add(response);
      response.once('close', () => hanging.delete(response));
      return;
    }
    const [, what, page] = pathOf(request).split('/');
    if (what === 'health') return send(response, 200, {});
    if (what === 'pages' && page) return send(response, 200, { section: sectionOf(decodeURIComponent(page)) });
    send(response, 404, { error: `There is nothing at ${pathOf(request)}.` });
  };
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isDown: () => down,
    setDown: (wanted) => {
      down = wanted;
      // As a service that comes back would: what it was holding is cut off.
      for (const response of hanging) response.destroy();
      hanging.clear();
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
