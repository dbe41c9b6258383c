import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RedriveReport, RedriveRequest } from '../../functions/operations/redrive/contract';
import type { Release } from '../../web/wire';
import { deskSettings } from './desk';
import { queryOf, RequestError, readBody, readJson, send, sendJson } from './exchange';
import { invoke } from './invoke';
import { check, enrichmentRequest, faultRequest, holdRequest, releaseRequest, visitsRequest } from './requests';
import type { Shop } from './shop';

interface Exchange {
  readonly shop: Shop;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the groups of the route's pattern matched. */
  readonly parameters: readonly (string | undefined)[];
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly pattern: RegExp;
  handle(exchange: Exchange): Promise<void>;
}

/** How long the shop's own API may take. */
const INTAKE_TIMEOUT_MS = 15_000;

/** What Lambda takes of a request at most, less than the 10 MB of an HTTP API before it. Source: Lambda guide, "Lambda quotas", "Invocation payload". */
const DESK_BODY_BYTES = 6 * 1024 * 1024;

export const api: readonly Route[] = [
  {
    method: 'GET',
    pattern: /^\/api\/welcome$/,
    handle: async ({ shop, response }) => sendJson(response, 200, shop.welcome()),
  },
  {
    method: 'GET',
    pattern: /^\/api\/news$/,
    handle: async ({ shop, request, response }) =>
      sendJson(response, 200, shop.journal.since(queryOf(request).get('since'))),
  },
  {
    method: 'POST',
    pattern: /^\/api\/fault$/,
    handle: async ({ shop, request, response }) => {
      shop.environment.payment.setFault(check(faultRequest, await readJson(request)));
      sendJson(response, 200, shop.environment.payment.fault());
    },
  },
  {
    method: 'POST',
    pattern: /^\/api\/lanes\/([\w-]+)\/orders$/,
    handle: async ({ shop, request, response, parameters: [name] }) => {
      const lane = shop.lane(name);
      const placed = await forward(`${lane.apiUrl}/orders`, response, { body: await readBody(request) });
      if (placed) shop.sampler.orderPlaced(lane.name);
    },
  },
  {
    method: 'GET',
    pattern: /^\/api\/lanes\/([\w-]+)\/orders(?:\/([\w-]+))?$/,
    handle: async ({ shop, response, parameters: [name, orderId] }) => {
      const url = `${shop.lane(name).apiUrl}/orders`;
      await forward(orderId ? `${url}/${encodeURIComponent(orderId)}` : `${url}?limit=100`, response);
    },
  },
  {
    method: 'POST',
    pattern: /^\/api\/lanes\/([\w-]+)\/release$/,
    handle: async ({ shop, request, response, parameters: [name] }) => {
      const { redriveFunction } = shop.lane(name);
      if (!redriveFunction) throw new RequestError(404, `The lane "${name}" has nothing to release: no dead letters.`);
      const asked: RedriveRequest = {
        operation: 'redrive',
        ...check(releaseRequest, await readJson(request)),
      };
      const said: Release = await invoke<RedriveReport>(shop.lambda, redriveFunction, asked);
      sendJson(response, 200, said);
    },
  },
  {
    method: 'POST',
    pattern: /^\/api\/lanes\/([\w-]+)\/breaker$/,
    handle: async ({ shop, request, response, parameters: [name] }) => {
      const { breaker } = shop.lane(name);
      if (!breaker) throw new RequestError(404, `The lane "${name}" has no circuit breaker.`);
      await shop.breakers.hold(breaker.holdFunction, check(holdRequest, await readJson(request)));
      sendJson(response, 200, {});
    },
  },
  {
    method: 'GET',
    pattern: /^\/api\/lanes\/([\w-]+)\/sagas(?:\/([\w-]{1,80}))?$/,
    handle: async ({ shop, response, parameters: [name, saga] }) => {
      const machine = shop.sagaMachine(name);
      const found = saga ? await shop.sagas.show(machine, saga) : { sagas: await shop.sagas.list(machine) };
      sendJson(response, 200, found);
    },
  },
  {
    method: 'POST',
    pattern: /^\/api\/pipeline\/enrichment$/,
    handle: async ({ shop, request, response }) => {
      const { down } = check(enrichmentRequest, await readJson(request));
      shop.pipeline.setDown(down);
      sendJson(response, 200, { down });
    },
  },
  {
    method: 'POST',
    pattern: /^\/api\/pipeline\/visits$/,
    handle: async ({ shop, request, response }) => {
      const { visitors } = check(visitsRequest, await readJson(request));
      sendJson(response, 200, { clicks: await shop.pipeline.visit(visitors) });
    },
  },
  {
    method: 'POST',
    pattern: /^\/api\/pipeline\/broken$/,
    handle: async ({ shop, response }) => {
      await shop.pipeline.putBroken();
      sendJson(response, 200, {});
    },
  },
  {
    method: 'GET',
    pattern: /^\/desk\.json$/,
    handle: async ({ shop, response }) => sendJson(response, 200, deskSettings(shop.environment)),
  },
  ...(['GET', 'POST'] as const).map(
    (method): Route => ({
      method,
      pattern: /^\/api\/desk(\/[\w/-]+)$/,
      // Passed on with the page's own token: the desk's authorizer is what checks it.
      handle: async ({ shop, request, response, parameters: [path] }) => {
        const url = shop.lanes().find(({ deskApiUrl }) => deskApiUrl)?.deskApiUrl;
        if (!url) throw new RequestError(404, 'No lane has a dead-letter desk.');
        const { authorization = '' } = request.headers;
        const body = method === 'POST' ? await readBody(request, DESK_BODY_BYTES) : undefined;
        await forward(`${url}${path}`, response, { body, authorization });
      },
    }),
  ),
  {
    method: 'GET',
    pattern: /^\/api\/lanes\/([\w-]+)\/(parked|repair)$/,
    handle: async ({ shop, response, parameters: [name, tier] }) => {
      const { parkedQueueUrl, repairQueueUrl } = shop.lane(name);
      const url = tier === 'parked' ? parkedQueueUrl : repairQueueUrl;
      if (!url) throw new RequestError(404, `The lane "${name}" has no ${tier} queue.`);
      sendJson(response, 200, { messages: await shop.queues.look(url) });
    },
  },
];

/** Passes a request on to the lane's own API and its answer back as it is. True if it was taken. */
async function forward(
  url: string,
  response: ServerResponse,
  { body, authorization }: { readonly body?: string | undefined; readonly authorization?: string } = {},
): Promise<boolean> {
  const answer = await fetch(url, {
    ...(body !== undefined && { method: 'POST', body }),
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    signal: AbortSignal.timeout(INTAKE_TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new RequestError(502, `The shop's API at ${url} gave no answer: ${error.message}`);
  });
  send(response, answer.status, answer.headers.get('content-type') ?? 'text/plain', await answer.text());
  return answer.ok;
}
