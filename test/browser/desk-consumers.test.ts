import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { QUEUE } from '../functions/desk/letters';
import { violations } from './accessibility';
import { DeskWorld } from './desk-world';
import { type Browser, inBrowser } from './in-browser';

/** What stands before a consumer: its breaker and its parked messages, decided by the operations' own code in memory. */
jest.setTimeout(60_000);

inBrowser('the desk’s page of a consumer', (startBrowser) => {
  const screenshots = mkdtempSync(join(tmpdir(), 'spillway-screenshots-'));
  const HERE = `#consumer=${encodeURIComponent(QUEUE)}`;
  let browser: Browser;
  let world: DeskWorld;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    process.stderr.write(`the desk’s page of a consumer: screenshots in ${screenshots}\n`);
  });
  beforeEach(async () => {
    world = await new DeskWorld().start();
  });
  afterEach(() => world.stop());

  const open = (role?: string, options?: BrowserContextOptions, hash = HERE) =>
    world.open(browser, role, options, hash);
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  const audit = async () =>
    (await world.memory.store.auditOn('2030-01-31')).items.map(({ by, what }) => `${by} ${what}`);

  test('what is parked is released at a rate once the canary is green, and its progress is shown', async () => {
    await world.operated.park(7);
    world.memory.canary = 'red';
    const page = await open('operator', {}, '');
    await page.getByRole('link', { name: 'invoices 7 parked' }).click();
    await page.getByText('It would stay. 7 parked, and they stay: canary 1 of 3 failed').waitFor();
    await page.getByRole('button', { name: 'Release parked' }).click();
    await page.getByText('Nothing was released.').waitFor();
    await picture(page, 'red');
    world.memory.canary = 'green';
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText('It would be released. 7 parked and the canary is green').waitFor();
    await page.getByLabel('Messages a second').fill('900');
    await page.getByRole('button', { name: 'Release parked' }).click();
    await page.locator('#said', { hasText: 'a whole number from 1 to 500' }).waitFor();
    await page.getByLabel('Messages a second').fill('2');
    await page.getByRole('button', { name: 'Release parked' }).click();
    await page.getByText(/[246] of 7 released, at most 2 messages a second/).waitFor();
    await picture(page, 'moving');
    await page.getByText('Nothing to release.').waitFor({ timeout: 20_000 });
    expect(await audit()).toContain('local-operator released parked');
    expect(world.complaints).toEqual([]);
  });

  test('a breaker says since when and why, and a hold who, why and until when', async () => {
    await world.operated.park(0);
    await world.operated.fail();
    const page = await open();
    const breaker = page.getByRole('region', { name: 'Circuit breaker' });
    await breaker.getByText('5 calls failed in a row: HTTP 503').waitFor();
    await breaker.getByRole('button', { name: 'Hold' }).click();
    await page.locator('#said', { hasText: 'Say why' }).waitFor();
    await breaker.getByLabel('Why').fill('the bank moves house');
    await breaker.getByLabel(/^For/).selectOption('7 days');
    await breaker.getByRole('button', { name: 'Hold' }).click();
    await page.locator('#said[data-tone=bad]', { hasText: 'SQS would delete what waits' }).waitFor();
    await breaker.getByLabel(/^For/).selectOption('2 hours');
    await breaker.getByRole('button', { name: 'Hold' }).click();
    await breaker.getByText('Held open by local-operator until').waitFor();
    await picture(page, 'held');
    await breaker.getByLabel('Why').fill('it has moved');
    await breaker.getByRole('button', { name: 'Lift the hold' }).click();
    await breaker.getByRole('button', { name: 'Hold', exact: true }).waitFor();
    expect(await audit()).toEqual(expect.arrayContaining(['local-operator held bank open']));
    expect(await audit()).toEqual(expect.arrayContaining(['local-operator lifted the hold of bank']));
  });

  test('a viewer sees all of it, and is told whose the buttons are', async () => {
    await world.operated.park(3, 13 * 86_400);
    const page = await open('viewer');
    await page.getByText('It would be released.').waitFor();
    await page.locator('.tiers .near', { hasText: 'invoices-parked 3 messages' }).waitFor();
    for (const name of ['Release parked', 'Hold']) {
      await page.getByRole('button', { name, exact: true }).press('Enter');
      await page.locator('#said', { hasText: `${name}: Takes operator; you are viewer.` }).waitFor();
    }
    expect((await audit()).filter((each) => each.includes('released'))).toEqual([]);
  });

  test('it is accessible, in light and in dark, wide and on a phone', async () => {
    await world.operated.park(3, 13 * 86_400);
    await world.operated.fail();
    await world.operated.breakers.read('bank');
    for (const [name, options] of Object.entries({
      light: { colorScheme: 'light' },
      dark: { colorScheme: 'dark', reducedMotion: 'reduce' },
      phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
      'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    } as const)) {
      const page = await open('operator', options);
      await page.getByText('It would stay.').waitFor();
      await page.getByText('In the shell').first().click();
      expect([name, await violations(page)]).toEqual([name, []]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await picture(page, name);
    }
    expect(world.complaints).toEqual([]);
  });

  test('a group leads to its consumer and to its runbook, and so does the consumer', async () => {
    world.runbooks = 'https://runbooks.example/';
    const [id = ''] = await world.memory.arrive(['a']);
    const { group } = await world.memory.desk.find(id);
    await world.operated.park(1);
    const page = await open('viewer', {}, `#group=${group}`);
    const link = page.getByRole('link', { name: 'dead-letters', exact: true });
    expect(await link.getAttribute('href')).toBe('https://runbooks.example/dead-letters.md');
    await page.getByRole('link', { name: 'invoices', exact: true }).click();
    await page.getByRole('heading', { name: 'invoices' }).waitFor();
    for (const runbook of ['parked', 'breaker-open']) {
      const href = await page.getByRole('link', { name: runbook, exact: true }).getAttribute('href');
      expect(href).toBe(`https://runbooks.example/${runbook}.md`);
    }
    await page.getByRole('link', { name: 'of this queue' }).click();
    await page.getByRole('heading', { name: '1 group' }).waitFor();
    expect(page.url()).toContain('#queue=arn');
  });

  test('the keyboard alone holds a breaker', async () => {
    await world.operated.park(0);
    const page = await open();
    await page.getByText('It is called for every message.').waitFor();
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate('document.activeElement.closest("label")?.textContent === "Why"')) break;
    }
    await page.keyboard.type('a rehearsal');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Held open by local-operator until').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Hold it anew');
  });
});
