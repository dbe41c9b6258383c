import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { startWebServer, type WebServer } from '../../local/web/server';
import { anOrder } from '../functions/shop/orders';
import { violations } from './accessibility';
import { type Browser, inBrowser } from './in-browser';
import { MARKUP, PAYLOADS } from './payloads';

jest.setTimeout(120_000);

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
  /** Signed in at this machine's issuer, which is asked anew. */
  const become = async (role: string, anew = true) => {
    if (anew) await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await page.getByRole('link', { name: role }).click();
    await page.locator('#signed-in', { hasText: `local-${role}` }).waitFor();
  };

  test('malformed orders appear as groups with a verdict and its evidence', async () => {
    for (const id of ['page-order-1', 'page-order-2', 'page-order-3']) await place(id, { customer: '' });
    for (const id of ['page-euro-1', 'page-euro-2']) await place(id, { currency: 'EUR' });
    await page.goto(`${server.url}/desk`);
    await become('viewer', false);
    await row('malformed at customer').filter({ hasText: '3 open' }).waitFor();
    await row('malformed at currency').filter({ hasText: '2 open' }).waitFor();
    await row('malformed at customer').click();
    await page.locator('.verdict-note', { hasText: 'The canary is green' }).waitFor();
    expect(await page.locator('.verdict-note .badge').textContent()).toBe('fix');
    await picture('groups');
  });

  test('a viewer is told why a button is not theirs', async () => {
    await page.getByRole('button', { name: 'Send in waves' }).press('Enter');
    await page.locator('#said', { hasText: 'Takes operator; you are viewer.' }).waitFor();
    await become('operator');
  });

  test('a group is mended with one change: a dry run, then waves, and all are paid', async () => {
    await row('malformed at customer').click();
    await page.getByRole('textbox', { name: 'JSON Patch' }).fill('[{"op":"replace","path":"/customer","value":"Ada"}]');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('3 letters, 3 fit and would be sent, in 2 waves; nothing was changed.').waitFor();
    expect(await page.locator('.difference .added').first().textContent()).toContain('"customer": "Ada"');
    await picture('dry-run');
    await page.getByRole('button', { name: 'Send in waves' }).click();
    await page.getByText('finished: 3 done, 0 came back').waitFor({ timeout: 60_000 });
    await page.locator('.legend', { hasText: '3 done' }).waitFor();
    expect(await violations(page)).toEqual([]);
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
    await page.locator('.letter .badge', { hasText: /^(sent|done)/ }).waitFor();
    await page.locator('.history li', { hasText: 'local-operator edited' }).waitFor();
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
    await page.goto(`${server.url}/desk`);
    await row('malformed').filter({ hasText: '20 open' }).click();
    for (const index of PAYLOADS.keys()) {
      const id = `payload-${String(index).padStart(4, '0')}`;
      await page.getByLabel('Text').fill(id);
      await page.getByLabel('Text').press('Enter');
      await row(id).click();
      await page.getByRole('heading', { name: id }).waitFor();
      await page.locator('.letter .back').click();
    }
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('20 letters, 0 fit').waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(await page.locator(MARKUP).count()).toBe(0);
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
