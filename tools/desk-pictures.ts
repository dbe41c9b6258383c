/** Photographs the dead-letter desk for the README: malformed orders as groups, and a group sent again in waves. */
import type { Locator, Page } from 'playwright-core';
import { priceOf } from '../functions/shop/domain/menu';
import type { LocalEnvironment } from '../local/environment';
import type { Browser } from './chromium';

type Photograph = (of: Page | Locator, name: string) => Promise<void>;

const LANE = 'local-us-east-1-breaker';

export async function photographDesk(
  browser: Browser,
  url: string,
  { stacks }: LocalEnvironment,
  photograph: Photograph,
): Promise<void> {
  const api = stacks.get(LANE)?.outputs.api_url?.replace(/\/$/, '');
  if (!api) throw new Error(`the pictures need the stack ${LANE} with its API`);
  await placeMalformed(api);

  const desktop = await browser.context({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const desk = await desktop.newPage();
  await signIn(desk, url, 'operator');
  await row(desk, 'malformed at items.*.size').filter({ hasText: '40 open' }).waitFor({ timeout: 120_000 });
  await row(desk, 'malformed at currency').click();
  await desk.locator('.letter-row').first().waitFor();
  await photograph(desk, 'desk');

  await row(desk, 'malformed at items.*.size').click();
  const patch = '[{"op": "replace", "path": "/items/0/size", "value": "large"}]';
  await desk.getByRole('textbox', { name: 'JSON Patch' }).fill(patch);
  await desk.getByRole('button', { name: 'Send in waves' }).click();
  await desk.locator('.release', { hasText: /4 waves begun/ }).waitFor({ timeout: 60_000 });
  await photograph(desk.locator('.sending'), 'desk-waves');

  const phone = await browser.context({
    viewport: { width: 390, height: 800 },
    colorScheme: 'dark',
    deviceScaleFactor: 2,
  });
  const inHand = await phone.newPage();
  await signIn(inHand, url, 'viewer');
  await row(inHand, 'malformed at currency').click();
  await inHand.locator('.letter-row').first().waitFor();
  await photograph(inHand, 'desk-phone');
}

async function signIn(page: Page, url: string, role: string): Promise<void> {
  await page.goto(`${url}/desk`);
  await page.getByRole('link', { name: role }).click();
  await page.locator('#signed-in', { hasText: role }).waitFor();
}

const row = (page: Page, text: string) => page.locator('.groups .row', { hasText: text });

/** What a till with a mistake sends: 40 of a size that nobody sells, five in another currency, three for nobody. */
async function placeMalformed(api: string): Promise<void> {
  const place = async (orderId: string, change: object, size = 'large') => {
    const item = { coffee: 'espresso', size: 'large', quantity: 1 } as const;
    const order = {
      ...{ orderId, customer: 'Ada', currency: 'USD', amount: priceOf([item]), placedAt: new Date().toISOString() },
      items: [{ ...item, size }],
      ...change,
    };
    const response = await fetch(`${api}/orders`, { method: 'POST', body: JSON.stringify(order) });
    if (!response.ok) throw new Error(`POST ${api}/orders: ${response.status}`);
  };
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  for (const n of numbered(40)) await place(`till-7-${1000 + n}`, {}, 'venti');
  for (const n of numbered(5)) await place(`till-2-${2000 + n}`, { currency: 'EUR' });
  for (const n of numbered(3)) await place(`till-4-${3000 + n}`, { customer: '' });
}
