import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { startWebServer, type WebServer } from '../../local/web/server';
import { anOrder } from '../functions/shop/orders';
import { type Browser, inBrowser } from './in-browser';

jest.setTimeout(120_000);

/** What would run, if content were ever taken for anything but text. */
const PAYLOADS = [
  '<script>window.ran = true</script>',
  '<img src=x onerror="window.ran = true">',
  '<svg onload="window.ran = true">',
  '"><iframe srcdoc="<script>parent.ran = true</script>">',
  'javascript:window.ran=true',
  '</textarea><script>window.ran = true</script>',
  '{{constructor.constructor("window.ran = true")()}}',
  '<a href="javascript:window.ran=true" autofocus onfocus="window.ran = true">x</a>',
  '<details open ontoggle="window.ran = true">',
  '<style>@import "http://127.0.0.1:1/x"</style>',
];

inBrowser('the dead-letter desk', (startBrowser) => {
  const synthesized = mkdtempSync(join(tmpdir(), 'spillway-desk-'));
  const screenshots = mkdtempSync(join(tmpdir(), 'spillway-screenshots-'));
  let environment: StartedEnvironment;
  let server: WebServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const root = join(__dirname, '..', '..');
    execFileSync(process.execPath, [join(root, 'dist', 'main.js')], {
      cwd: root,
      env: { PATH: process.env.PATH, CDKTF_OUTDIR: synthesized, SPILLWAY_ENVIRONMENTS: 'local' },
    });
    environment = await startEnvironment({ stacks: ['local-us-east-1-breaker'], synthesized });
    server = await startWebServer(environment, { port: 0 });
    browser = await startBrowser();
    const context = await browser.context({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await environment?.stop();
    rmSync(synthesized, { recursive: true, force: true });
    process.stderr.write(`the dead-letter desk: screenshots in ${screenshots}\n`);
  });

  const place = async (orderId: string, change: object) => {
    const { outputs } = environment.stacks.get('local-us-east-1-breaker') ?? { outputs: {} as Record<string, string> };
    const response = await fetch(`${(outputs.api_url ?? '').replace(/\/$/, '')}/orders`, {
      method: 'POST',
      body: JSON.stringify({ ...anOrder({ orderId }), ...change }),
    });
    expect(response.status).toBe(200);
  };
  const picture = (name: string) => page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  const row = (text: string) => page.locator('.row', { hasText: text });
  const choose = (role: string) => page.getByLabel('Signed in as').selectOption(role);

  test('malformed orders appear as groups with a verdict and its evidence', async () => {
    for (const id of ['page-order-1', 'page-order-2', 'page-order-3']) await place(id, { customer: '' });
    for (const id of ['page-euro-1', 'page-euro-2']) await place(id, { currency: 'EUR' });
    await page.goto(`${server.url}/desk`);
    await row('malformed at customer').filter({ hasText: '3 open' }).waitFor();
    await row('malformed at currency').filter({ hasText: '2 open' }).waitFor();
    expect(await row('malformed at customer').textContent()).toContain('The canary is green');
    await picture('groups');
  });

  test('a viewer is told why a button is not theirs', async () => {
    await choose('viewer');
    await row('malformed at customer').click();
    // The letters come above it and move it away from where a forced click would go.
    await page.getByRole('button', { name: 'Send in waves' }).dispatchEvent('click');
    await page.locator('#said', { hasText: 'To release takes operator; you are viewer.' }).waitFor();
    await choose('operator');
  });

  test('a group is mended with one change: a dry run, then waves, and all are paid', async () => {
    await row('malformed at customer').click();
    await page.getByLabel('JSON Patch').fill('[{"op":"replace","path":"/customer","value":"Ada"}]');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('3 letters, 3 fit and would be sent, in 2 waves; nothing was changed.').waitFor();
    await picture('dry-run');
    await page.getByRole('button', { name: 'Send in waves' }).click();
    await page.getByText('finished: 3 done, 0 came back').waitFor({ timeout: 60_000 });
    await row('malformed at customer').filter({ hasText: '3 done' }).waitFor();
    expect(environment.payment.report('breaker')).toMatchObject({ charges: 3, doubleCharges: 0 });
  });

  test('one letter is mended in the editor, with its fault at the field, and its history says who', async () => {
    await row('malformed at currency').click();
    await row('page-euro-1').click();
    await page.locator('.cm-lintRange-error', { hasText: 'EUR' }).waitFor();
    await page
      .getByRole('textbox', { name: 'Body of the message' })
      .fill(JSON.stringify(anOrder({ orderId: 'page-euro-1' })));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('#said', { hasText: 'Saved; it fits.' }).waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#letter h2', { hasText: 'page-euro-1 · sent' }).waitFor();
    await page.locator('#letter li', { hasText: 'local-operator edited' }).waitFor();
    await picture('letter');
  });

  test('no content is ever run', async () => {
    for (const [index, payload] of PAYLOADS.entries()) {
      await place(`payload-${String(index).padStart(4, '0')}`, {
        customer: '',
        note: payload,
        [payload]: payload,
        currency: payload,
      });
    }
    await page.reload();
    await row('malformed').filter({ hasText: '10 open' }).click();
    for (const index of PAYLOADS.keys()) {
      await row(`payload-${String(index).padStart(4, '0')}`).click();
      await page.locator('#letter h2', { hasText: `payload-${String(index).padStart(4, '0')} · open` }).waitFor();
    }
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('10 letters, 0 fit').waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(await page.locator('main script, main iframe, main img, main svg').count()).toBe(0);
  });

  test('everything is reached with the keyboard alone, and the editor lets go', async () => {
    await page.locator('#letter .cm-content').focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).not.toBe('editor');
  });

  test('at 390 px nothing is cut off', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await picture('phone');
  });

  test('the page’s policy was never in its way, and nothing failed', () => {
    expect(complaints).toEqual([]);
  });
});
