/**
 * Takes the README's pictures: plays an outage on the emulator and photographs the pages. `npx tsx tools/pictures.ts` rewrites docs/pictures/; with `desk` behind it, those of the desk alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { startEnvironment } from '../local/start-environment';
import { startWebServer } from '../local/web/server';
import { type Browser, findChromium, launchChromium, NO_BROWSER } from './chromium';
import { photographDesk } from './desk-pictures';

const ROOT = join(__dirname, '..');
const PICTURES = join(ROOT, 'docs', 'pictures');
/** Long enough for the unprotected lane's first time-outs to be paid for, and for the protected lane to have parked. */
const OUTAGE_MS = 100_000;

async function main(): Promise<void> {
  const executable = findChromium();
  if (!executable) throw new Error(NO_BROWSER);
  mkdirSync(PICTURES, { recursive: true });
  const synthesized = mkdtempSync(join(tmpdir(), 'spillway-pictures-'));
  execFileSync(process.execPath, [join(ROOT, 'tools', 'build.mjs')], { cwd: ROOT });
  const environmentVariables = { ...process.env, CDKTF_OUTDIR: synthesized, SPILLWAY_ENVIRONMENTS: 'local' };
  execFileSync(process.execPath, [join(ROOT, 'dist', 'main.js')], { cwd: ROOT, env: environmentVariables });

  const deskAlone = process.argv[2] === 'desk';
  const stacks = deskAlone ? ['local-us-east-1-breaker'] : ['local-*'];
  const environment = await startEnvironment({ stacks, synthesized, onProgress: console.log });
  const server = await startWebServer(environment, { port: 0 });
  const browser = await launchChromium(executable);
  try {
    await photographDesk(browser, server.url, environment, photograph);
    if (!deskAlone) await play(browser, server.url);
  } finally {
    await browser.close();
    await server.stop();
    await environment.stop();
    rmSync(synthesized, { recursive: true, force: true });
  }
}

async function play(browser: Browser, url: string): Promise<void> {
  const desktop = await browser.context({ viewport: { width: 1280, height: 1180 }, colorScheme: 'light' });
  const shop = await desktop.newPage();
  await shop.setViewportSize({ width: 1280, height: 840 });
  const operations = await desktop.newPage();
  await shop.goto(url);
  await operations.goto(`${url}/operations`);

  await order(shop, 'Cappuccino', 'medium');
  await shop.locator('[data-stage=paid]').waitFor({ timeout: 60_000 });
  await operations.getByRole('button', { name: 'Stop payment' }).click();
  await operations.getByRole('button', { name: 'Place 3 orders in every lane' }).click();
  await order(shop, 'Latte', 'large');
  await shop.locator('[data-stage=parked]').waitFor({ timeout: 60_000 });
  await order(shop, 'Espresso', 'small');
  await operations.getByRole('button', { name: 'Start one' }).click();
  await photograph(shop, 'shop');
  await wait(OUTAGE_MS);
  await operations.evaluate('scrollTo(0, 0)');
  await photograph(operations, 'operations');
  await photograph(operations.locator('#sagas'), 'saga');

  const phone = await browser.context({
    viewport: { width: 360, height: 740 },
    colorScheme: 'dark',
    deviceScaleFactor: 2,
  });
  const inHand = await phone.newPage();
  await inHand.goto(`${url}/operations`);
  await inHand.locator('.lane').first().waitFor();
  await inHand.evaluate("document.querySelector('[data-lane=protected]').scrollIntoView()");
  await photograph(inHand, 'operations-phone');
}

async function order(page: Page, coffee: string, size: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${coffee}`) }).click();
  await page.getByRole('button', { name: new RegExp(`^${size}`) }).click();
}

async function photograph(of: Page | Locator, name: string): Promise<void> {
  const page = 'page' in of ? of.page() : of;
  await page.bringToFront();
  await page.mouse.move(0, 0);
  await wait(1500);
  await of.screenshot({ path: join(PICTURES, `${name}.png`) });
  console.log(`docs/pictures/${name}.png`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
