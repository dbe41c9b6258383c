import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { startWebServer, type WebServer } from '../../local/web/server';
import { type Browser, inBrowser } from './in-browser';

/** The pipeline's story in a real browser, on the emulator, with the bundled functions: the waits are those of `npm start`. */
jest.setTimeout(180_000);

inBrowser('the pipeline', (startBrowser) => {
  const synthesized = mkdtempSync(join(tmpdir(), 'spillway-pipeline-'));
  let environment: StartedEnvironment;
  let server: WebServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const root = join(__dirname, '..', '..');
    execFileSync(process.execPath, [join(root, 'dist', 'main.js')], {
      cwd: root,
      env: { PATH: process.env.PATH, CDKTF_OUTDIR: synthesized, SPILLWAY_ENVIRONMENTS: 'local' },
    });
    environment = await startEnvironment({ stacks: ['local-us-east-1-clickstream'], synthesized });
    server = await startWebServer(environment, { port: 0 });
    browser = await startBrowser();
    page = await (await browser.context({ viewport: { width: 1280, height: 900 } })).newPage();
    await page.goto(`${server.url}/operations`);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await environment?.stop();
    rmSync(synthesized, { recursive: true, force: true });
  });

  const pipeline = () => page.locator('#pipeline');
  const figure = (key: string) => pipeline().locator(`.figure.${key} dt + dd`);
  const step = () => pipeline().locator('[aria-current=step]');
  const shows = (place: Locator, text: string | RegExp) => place.filter({ hasText: text }).waitFor({ timeout: 90_000 });
  const press = (name: string) => pipeline().getByRole('button', { name, exact: true }).click();

  test('clicks are enriched, and a record that is none goes to repair', async () => {
    await press('20 clicks');
    await shows(figure('done'), /^20$/);
    await press('1 record that is no click');
    await shows(figure('repair'), /^1$/);
  });

  test('enrichment hangs: clicks wait unread, and all are done in order when it is back', async () => {
    await press('Stop enrichment');
    await shows(step(), 'Four visitors click');
    await press('Send 20 clicks');
    await shows(pipeline().locator('.status'), '20 clicks wait in order, safe and free of charge');
    await shows(step(), 'Enrichment comes back');
    expect(await figure('waiting').textContent()).toBe('20');
    expect(await figure('done').textContent()).toBe('20');
    await press('Bring enrichment back');
    await shows(figure('done'), /^40$/);
    await pipeline().locator('.steps li:last-child[data-state=done]').waitFor({ timeout: 60_000 });
    await shows(pipeline().locator('.status'), '1 click waits for repair');
    expect(await figure('parked').textContent()).toBe('0');
  });
});
