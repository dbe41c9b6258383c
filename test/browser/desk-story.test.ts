import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Page } from 'playwright-core';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { startWebServer, type WebServer } from '../../local/web/server';
import { anOrder } from '../functions/shop/orders';
import { violations } from './accessibility';
import { type Browser, inBrowser } from './in-browser';
import { Invoices } from './invoices';

jest.setTimeout(300_000);

inBrowser('the story of the desk', (startBrowser) => {
  const ROOT = join(__dirname, '..', '..');
  const LANE = 'local-us-east-1-breaker';
  const folder = mkdtempSync(join(tmpdir(), 'spillway-desk-story-'));
  const screenshots = mkdtempSync(join(tmpdir(), 'spillway-screenshots-'));
  const invoices = new Invoices();
  const complaints: string[] = [];
  let environment: StartedEnvironment;
  let server: WebServer;
  let browser: Browser;
  let sqs: SQSClient;
  let page: Page;

  beforeAll(async () => {
    const synthesized = join(folder, 'shop');
    execFileSync(process.execPath, [join(ROOT, 'dist', 'main.js')], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, CDKTF_OUTDIR: synthesized, SPILLWAY_ENVIRONMENTS: 'local' },
    });
    environment = await startEnvironment({ stacks: [LANE], synthesized });
    const { endpoint } = environment;
    await invoices.start(folder, { endpoint, tableName: output('desk_table_name'), keeper: `${LANE}-desk-keeper` });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
    server = await startWebServer(environment, { port: 0 });
    browser = await startBrowser();
  });

  afterAll(async () => {
    // However it ended.
    if (page) await picture(page, 'last');
    await browser?.close();
    await server?.stop();
    sqs?.destroy();
    invoices.stop();
    await environment?.stop();
    rmSync(folder, { recursive: true, force: true });
    process.stderr.write(`the story of the desk: screenshots in ${screenshots}\n`);
  });

  const output = (name: string) => environment.stacks.get(LANE)?.outputs[name] ?? '';
  const place = async (orderId: string, change: object) => {
    const body = JSON.stringify({ ...anOrder({ orderId }), ...change });
    const { status } = await fetch(`${output('api_url').replace(/\/$/, '')}/orders`, { method: 'POST', body });
    expect(status).toBe(200);
  };
  /** A message that its queue gave up: nothing says what was wrong. */
  const giveUp = (orderId: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: output('repair_queue_url'),
        MessageBody: JSON.stringify(anOrder({ orderId })),
      }),
    );
  const open = async (path: string): Promise<Page> => {
    const context = await browser.context({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${server.url}${path}`);
    return page;
  };
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });

  test('three orders and two invoices are mended and done, and what waits for payment is left alone until the canary is green', async () => {
    for (const id of ['story-order-1', 'story-order-2', 'story-order-3']) await place(id, { customer: '' });
    for (const invoiceNumber of ['invoice-1', 'invoice-2'])
      await invoices.send({ invoiceNumber, iban: 'DE02120300000000202051', cents: 'ten' });

    page = await open('/desk');
    await page.getByRole('link', { name: 'operator' }).click();
    const row = (text: string) => page.locator('.groups .row', { hasText: text });
    await row('malformed at customer').filter({ hasText: '3 open' }).waitFor({ timeout: 90_000 });
    await row('malformed at cents').filter({ hasText: '2 open' }).waitFor({ timeout: 90_000 });
    await page.getByRole('heading', { name: '2 groups' }).waitFor();

    const choose = async (group: string) => {
      await row(group).click();
      await page.locator('.detail').getByRole('heading', { name: group }).waitFor();
    };
    const mend = async (group: string, letters: number, path: string, value: unknown) => {
      await choose(group);
      await page.locator('.verdict-note .badge', { hasText: /^fix$/ }).waitFor();
      await page.getByRole('textbox', { name: 'JSON Patch' }).fill(JSON.stringify([{ op: 'replace', path, value }]));
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.getByText(`${letters} letters, ${letters} fit and would be sent, in 2 waves`).waitFor();
      await page.locator('.difference .added').first().waitFor();
      await page.getByRole('button', { name: 'Send in waves' }).click();
      await page.getByText(`finished: ${letters} done, 0 came back`).waitFor({ timeout: 90_000 });
      await page.locator('.legend', { hasText: `${letters} done` }).waitFor();
      await picture(page, group.replaceAll(' ', '-'));
    };
    await mend('malformed at customer', 3, '/customer', 'Ada');
    await mend('malformed at cents', 2, '/cents', 4200);
    expect(environment.payment.report('breaker')).toMatchObject({ charges: 3, doubleCharges: 0 });
    expect(Object.fromEntries(invoices.paid)).toEqual({ 'invoice-1': 1, 'invoice-2': 1 });

    // What became of one: at its consumer and at the desk.
    await choose('malformed at customer');
    await page.getByLabel(/^Status/).selectOption('done');
    await page.locator('.letter-row', { hasText: 'story-order-2' }).click();
    for (const step of ['sent to the queue', /local-operator .*sent/, 'done'])
      await page.locator('.history li', { hasText: step }).first().waitFor();
    await picture(page, 'timeline');

    // Payment is stopped where people stop it: on the page of operations.
    const operations = await open('/operations');
    await operations.locator('[data-kind=failing]').click();
    await giveUp('story-order-4');
    await row('exhausted')
      .filter({ hasText: /^leave/ })
      .waitFor({ timeout: 90_000 });
    await choose('exhausted');
    await page.locator('.verdict-note.verdict-leave', { hasText: 'The canary is red' }).waitFor();
    await page.getByText('Whatever is sent now would be parked: wait until it is green.').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'leave');

    await operations.locator('[data-kind=up]').click();
    await page
      .locator('.verdict-note.verdict-release', { hasText: 'The canary is green' })
      .waitFor({ timeout: 90_000 });
    await picture(page, 'release');
    await page.getByRole('button', { name: 'Send in waves' }).click();
    await page.getByText('finished: 1 done, 0 came back').waitFor({ timeout: 90_000 });
    expect(environment.payment.report('breaker')).toMatchObject({ charges: 4, doubleCharges: 0 });

    const audit = await fetch(
      `${output('desk_api_url').replace(/\/$/, '')}/audit/${new Date().toISOString().slice(0, 10)}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${environment.issuer.token('ada', 'admin')}` },
        body: '{}',
      },
    );
    const { items } = (await audit.json()) as { items: { by: string; what: string }[] };
    const did = items.filter(({ by }) => by === 'local-operator').map(({ what }) => what);
    expect(did.filter((what) => what === 'began a release')).toHaveLength(3);
    expect(complaints).toEqual([]);
  });
});
