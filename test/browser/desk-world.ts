import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { QueueOperations } from '../../functions/desk/core/operations';
import { actorOf } from '../../functions/desk/dead-letter-api/actor';
import { answer } from '../../functions/desk/dead-letter-api/routes';
import { type Issuer, startIssuer } from '../../local/issuer/issuer';
import { startWebServer, type WebServer } from '../../local/web/server';
import { InMemory } from '../functions/desk/in-memory';
import { FakeEnvironment } from '../web/fake-environment';
import type { Browser } from './in-browser';
import { OperatedQueue } from './operated-queue';

/** The desk's page with a desk in memory behind it: the page, its server, the issuer and the API's own routes are the real ones. */
export class DeskWorld {
  readonly memory = new InMemory();
  readonly operated = new OperatedQueue(this.memory);
  private readonly operations = new QueueOperations(this.memory.desk, this.operated);
  url = '';
  /** Milliseconds that each answer takes. */
  slow = 0;
  /** What is answered instead, if anything. */
  fails: { readonly status: number; readonly body: object } | undefined;
  /** Where the page is told that runbooks are; this machine has none. */
  runbooks: string | undefined;
  /** What pages have complained of. */
  readonly complaints: string[] = [];
  private visit: BrowserContext | undefined;
  private issuer: Issuer | undefined;
  private server: WebServer | undefined;
  private readonly environment = new FakeEnvironment();
  private readonly api: Server = createServer(async (request, response) => {
    const body = (await text(request)) || undefined;
    await new Promise((resolve) => setTimeout(resolve, this.slow));
    // Which tokens are good is the authorizer's question; test/scenarios asks it.
    const claims = request.headers.authorization?.split('.')[1];
    const actor = actorOf(JSON.parse(Buffer.from(claims ?? 'e30', 'base64url').toString()), {
      role: 'spillway_role',
      name: 'sub',
    });
    const { status, body: said } =
      this.fails ??
      (actor
        ? await answer(
            { method: request.method ?? 'GET', path: request.url ?? '/', body },
            { desk: this.memory.desk, operations: this.operations, start: async () => {} },
            actor,
          )
        : { status: 401, body: { message: 'Unauthorized' } });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.api.listen(0, '127.0.0.1', resolve));
    const environment = await this.environment.start(['breaker']);
    const stack = environment.stacks.get('local-us-east-1-breaker');
    if (!stack) throw new Error('the fake has no lane with a breaker');
    const outputs = { ...stack.outputs, desk_api_url: `http://127.0.0.1:${(this.api.address() as AddressInfo).port}` };
    environment.stacks.set(stack.name, { ...stack, outputs });
    this.issuer = await startIssuer();
    this.server = await startWebServer(Object.assign(environment, { issuer: this.issuer }), { port: 0 });
    this.url = this.server.url;
    return this;
  }

  /** The page, for somebody who has signed in; who was there before leaves. */
  async open(browser: Browser, role = 'operator', options: BrowserContextOptions = {}, hash = ''): Promise<Page> {
    await this.visit?.close();
    this.visit = await browser.context({ viewport: { width: 1280, height: 900 }, ...options });
    if (this.runbooks !== undefined)
      await this.visit.route('**/desk.json', async (route) => {
        const told = (await (await route.fetch()).json()) as object;
        await route.fulfill({ json: { ...told, runbooks: this.runbooks } });
      });
    const page = await this.visit.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.goto(`${this.url}/desk${hash}`);
    await page.getByRole('link', { name: role }).click();
    await page.locator('#signed-in', { hasText: `local-${role}` }).waitFor();
    return page;
  }

  async stop(): Promise<void> {
    await this.visit?.close();
    await this.server?.stop();
    await this.issuer?.stop();
    await this.environment.stop();
    this.api.closeAllConnections();
    await new Promise((resolve) => this.api.close(resolve));
  }
}
