import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { startWebServer, type WebServer } from '../../local/web/server';
import { type Browser, inBrowser } from './in-browser';

/** The talk's story in a real browser, on the emulator, with the bundled functions: the waits are the shop's own. */
jest.setTimeout(240_000);

inBrowser('the story', (startBrowser) => {
  const synthesized = mkdtempSync(join(tmpdir(), 'spillway-story-'));
  /** What the pages looked like, for whoever has to find out why a step failed. */
  const screenshots = mkdtempSync(join(tmpdir(), 'spillway-screenshots-'));
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
    environment = await startEnvironment({
      stacks: ['unprotected', 'protected', 'breaker', 'saga'].map((lane) => `local-us-east-1-${lane}`),
      synthesized,
    });
    server = await startWebServer(environment, { port: 0 });
    browser = await startBrowser();
    const context = await browser.context({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await environment?.stop();
    rmSync(synthesized, { recursive: true, force: true });
    process.stderr.write(`the story: screenshots in ${screenshots}\n`);
  });

  const lane = (name: string) => page.locator(`[data-lane=${name}]`);
  const figure = (name: string, key: string) => lane(name).locator(`.figure.${key} dt + dd`);
  const shows = (place: Locator, text: string | RegExp) => place.filter({ hasText: text }).waitFor({ timeout: 60_000 });
  const number = async (name: string, key: string) =>
    Number((await figure(name, key).textContent())?.replace(/[^\d.]/g, ''));
  const picture = (name: string) => page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  const step = () => page.locator('[aria-current=step]');

  test('a coffee is ordered, paid and done, in every lane', async () => {
    await page.goto(server.url);
    await page.getByRole('button', { name: /^Cappuccino/ }).click();
    await page.getByRole('button', { name: /^medium/ }).click();
    await shows(page.locator('.ticket .stamp'), 'Paid');
    await picture('shop');
    await page.goto(`${server.url}/operations`);
    await page.getByRole('button', { name: '1 order' }).click();
    await shows(figure('unprotected', 'done'), /^1$/);
    await shows(figure('protected', 'done'), /^2$/);
    await shows(figure('breaker', 'done'), /^1$/);
  });

  test('a saga is started and drawn until it is committed', async () => {
    const sagas = page.locator('#sagas');
    await sagas.getByRole('button', { name: 'Start one' }).click();
    await sagas.locator('[data-state=committed].is-done').waitFor({ timeout: 60_000 });
    expect(await sagas.locator('.saga-node.is-action.is-done').count()).toBe(4);
    await shows(sagas.locator('.saga-status'), 'ended');
    expect(environment.payment.report('saga')).toMatchObject({ charges: 1, doubleCharges: 0 });
  });

  test('payment hangs: the story goes on by itself, one lane storms and the other parks', async () => {
    await page.getByRole('button', { name: 'Stop payment' }).click();
    await shows(step(), 'Three customers order');
    await page.getByRole('button', { name: 'Place 3 orders in every lane' }).click();
    await shows(step(), 'Watch the storm');
    await shows(figure('protected', 'parked'), /^3$/);
    await shows(step(), 'Payment comes back');
    await picture('storm');
    expect(await number('unprotected', 'waiting')).toBe(3);
    expect(await number('protected', 'waiting')).toBe(0);
    await shows(lane('unprotected').locator('.status'), '3 orders are tried again and again');
    await shows(lane('protected').locator('.status'), '3 orders are parked, safe');
  });

  test('the storm goes on and is paid for; what is parked costs nothing', async () => {
    const before = [await number('unprotected', 'invocations'), await number('protected', 'invocations')];
    const wasted = await lane('protected').locator('.figure.wasted dt + dd').textContent();
    await wait(35_000);
    expect(await number('unprotected', 'invocations')).toBeGreaterThan(before[0] ?? 0);
    expect(await number('protected', 'invocations')).toBe(before[1]);
    expect(await lane('protected').locator('.figure.wasted dt + dd').textContent()).toBe(wasted);
    expect(await number('unprotected', 'waiting')).toBe(3);
  });

  test('the breaker opens, says why, and lets orders wait unread', async () => {
    const breaker = lane('breaker');
    await shows(breaker.locator('.breaker-state'), 'Open');
    await shows(breaker.locator('.breaker'), /Why: .*(calls in a row failed|calls failed|calls took|canary)/);
    await shows(breaker.locator('.breakers'), 'The queue is not read');
    const runs = await number('breaker', 'invocations');
    await wait(5000);
    expect(await number('breaker', 'invocations')).toBe(runs);
    expect(await number('breaker', 'parked')).toBe(0);
    expect(await number('breaker', 'wasted')).toBeLessThan(await number('unprotected', 'wasted'));
  });

  test('while payment hangs the canary is red and nothing is released', async () => {
    await lane('protected').getByRole('button', { name: 'Release parked' }).click();
    await shows(lane('protected').locator('.verdict'), 'Canary red. 3 parked, and they stay');
    expect(await number('protected', 'parked')).toBe(3);
    await lane('protected').getByRole('button', { name: 'Look at parked' }).click();
    await page.getByRole('dialog').locator('pre').first().waitFor();
    expect(await page.getByRole('dialog').locator('pre').count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
  });

  test('payment comes back: the canary is green, the parked are released, every order is done and charged once', async () => {
    await page.getByRole('button', { name: 'Bring payment back' }).click();
    await lane('protected').getByRole('button', { name: 'Only check' }).click();
    await shows(lane('protected').locator('.verdict'), /canary is green.*It would release them\./);
    expect(await number('protected', 'parked')).toBe(3);
    await page.locator('[aria-current=step]').getByRole('button', { name: 'Release' }).click();
    await shows(lane('protected').locator('.verdict'), /canary is green.*Released, and watched/);
    await shows(lane('protected').locator('.move'), /Last release, [\d:]+: 3 orders moved back\./);
    await shows(figure('protected', 'done'), /^5$/);
    await shows(figure('unprotected', 'done'), /^4$/);
    await shows(lane('breaker').locator('.breaker-state'), 'Closed');
    await shows(figure('breaker', 'done'), /^4$/);
    await shows(
      page.locator('.moral'),
      /The same outage wasted .* unprotected and .* protected, .* behind a breaker\..*Every order is accounted for/,
    );
    await picture('released');
    expect(await number('protected', 'parked')).toBe(0);
    expect(environment.payment.report('protected')).toMatchObject({ charges: 5, doubleCharges: 0 });
    expect(environment.payment.report('breaker')).toMatchObject({ charges: 4, doubleCharges: 0 });
    expect(environment.payment.report('unprotected')).toMatchObject({ charges: 4 });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture('phone-dark');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});
