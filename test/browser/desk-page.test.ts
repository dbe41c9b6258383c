import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { keep } from '../../functions/desk/core/keep';
import { BOB } from '../functions/desk/in-memory';
import { inRepair } from '../functions/desk/letters';
import { violations } from './accessibility';
import { DeskWorld } from './desk-world';
import { type Browser, inBrowser } from './in-browser';
import { MARKUP, PAYLOADS } from './payloads';

/** The desk's page with a desk in memory; desk.test.ts plays the whole story on the emulator. */
jest.setTimeout(60_000);

const good = (id: string) =>
  JSON.stringify({ invoice: id, amount: 1.1, customer: 'Ada', items: [{ coffee: 'latte', size: 'large' }] });
const bad = (id: string) =>
  JSON.stringify({ invoice: id, amount: -1, customer: 'Ada', items: [{ coffee: 'latte', size: 'large' }] });

inBrowser('the desk’s page', (startBrowser) => {
  const screenshots = mkdtempSync(join(tmpdir(), 'spillway-screenshots-'));
  let browser: Browser;
  let world: DeskWorld;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    process.stderr.write(`the desk’s page: screenshots in ${screenshots}\n`);
  });
  beforeEach(async () => {
    world = await new DeskWorld().start();
  });
  afterEach(async () => {
    await world.stop();
  });

  const open = (role?: string, options?: BrowserContextOptions, hash?: string) =>
    world.open(browser, role, options, hash);
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  const three = () =>
    world.memory.arrive(
      ...['a', 'b', 'c']
        .map((id) => [id, { body: bad(id) }] as const)
        .map(([id, given]) => [id, given] as [string, typeof given]),
    );

  test('somebody signs in, and comes back to where they were, without a code in the address', async () => {
    const [id = ''] = await three();
    const { group } = await world.memory.desk.find(id);
    const page = await open('viewer', {}, `#group=${group}&letter=${id}`);
    await page.getByRole('heading', { name: 'a', exact: true }).waitFor();
    expect(page.url()).toBe(`${world.url}/desk#group=${group}&letter=${id}`);
    await page.reload();
    await page.locator('#signed-in', { hasText: 'local-viewer' }).waitFor();
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).toBe('[{},{}]');
    expect(world.complaints).toEqual([]);
  });

  test('every view is accessible, in light and in dark, wide and on a phone', async () => {
    const [id = ''] = await three();
    await world.memory.arrive([
      'x',
      { body: 'not json', note: { reason: 'malformed', path: '', detail: 'The body is not JSON' } },
    ]);
    const { group } = await world.memory.desk.find(id);
    for (const [name, options] of Object.entries({
      light: { colorScheme: 'light' },
      dark: { colorScheme: 'dark', reducedMotion: 'reduce' },
      phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
      'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    } as const)) {
      const page = await open('operator', options);
      const check = async (view: string) => {
        expect([name, view, await violations(page)]).toEqual([name, view, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        await picture(page, `${name}-${view}`);
      };
      await page.locator('.row').first().waitFor();
      await check('groups');
      await page.goto(`${world.url}/desk#group=${group}`);
      await page.locator('.letter-row').first().waitFor();
      await page.getByRole('button', { name: 'Begin with the fault’s place' }).click();
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.locator('.plan .card').first().waitFor();
      await check('group');
      await page.goto(`${world.url}/desk#group=${group}&letter=${id}`);
      await page.locator('.history').waitFor();
      await page.locator('.cm-lintRange-error').first().waitFor();
      await page.getByRole('textbox', { name: 'Body of the message' }).fill(good('a'));
      await page.locator('.changes .difference').waitFor();
      await page.getByText('In the shell').click();
      await check('letter');
    }
    expect(world.complaints).toEqual([]);
  });

  test('200 groups with long names stay readable, and the arrow keys go through them', async () => {
    const long = 'a-very-long-name-of-a-place-that-goes-on-'.repeat(4);
    for (let from = 0; from < 200; from += 1) {
      const name = [...String(from)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
      const note = { path: `${name}-${long}`, detail: `the ${from}th of many that are wrong: ${long}` };
      await world.memory.arrive([`g-${from}`, { note }]);
    }
    const page = await open('viewer', { viewport: { width: 390, height: 844 } });
    const rows = page.locator('.groups .row');
    await page.getByRole('heading', { name: '200 groups' }).waitFor();
    expect(await rows.count()).toBeLessThan(40);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await page.evaluate(OVERLAPPING)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'many');
    await rows.first().focus();
    for (let step = 0; step < 60; step += 1) await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.closest("li").ariaPosInSet')).toBe('61');
    expect(await page.evaluate(OVERLAPPING)).toEqual([]);
    // Scrolled out of sight it keeps the focus: whoever goes on with the keys goes on from there.
    await page.evaluate('document.querySelector(".groups .virtual").scrollTop = 0');
    await page.locator('.groups li[aria-posinset="1"]').waitFor();
    expect(await page.evaluate('document.activeElement.closest("li")?.ariaPosInSet')).toBe('61');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('.letter-row').waitFor();
    await page.getByRole('link', { name: '← Groups' }).press('Enter');
    await page.getByRole('heading', { name: '200 groups' }).waitFor();
  });

  test('the keyboard alone finds a letter, mends it and sends it', async () => {
    await three();
    const page = await open();
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    const tabTo = async (name: RegExp) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab');
        if (name.test(await focused())) return;
      }
      throw new Error(`Tab comes to no ${name}`);
    };
    await page.locator('.row').first().waitFor();
    await page.locator('#groups').focus();
    await tabTo(/^fix/);
    await page.keyboard.press('Enter');
    await page.locator('.letter-row').first().waitFor();
    expect(await page.locator('.groups .row[aria-current]').count()).toBe(1);
    await tabTo(/^[abc]/);
    await page.keyboard.press('Enter');
    await page.locator('.faults').waitFor();
    await tabTo(/^amount$/);
    await page.keyboard.press('Enter');
    // The fault is selected in the editor: what is typed takes its place.
    await page.keyboard.type('7');
    await page.locator('.changes .added', { hasText: '"amount": 7' }).waitFor();
    await tabTo(/^Save$/);
    await page.keyboard.press('Enter');
    await page.locator('#said', { hasText: 'Saved; it fits.' }).waitFor();
    await tabTo(/^Send$/);
    await page.keyboard.press('Enter');
    await page.locator('.letter .badge', { hasText: 'sent' }).waitFor();
    expect(world.memory.sent.map(({ body }) => JSON.parse(body).amount)).toEqual([7]);
    expect(world.complaints).toEqual([]);
  });

  test('a viewer is told why a button is not theirs, and nothing is sent', async () => {
    const [id = ''] = await three();
    const page = await open('viewer', {}, `#letter=${id}`);
    const send = page.getByRole('button', { name: 'Send', exact: true });
    // Playwright clicks nothing that is disabled; a keyboard does.
    await send.press('Enter');
    await page.locator('#said', { hasText: 'Send: Takes operator; you are viewer.' }).waitFor();
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    expect(await violations(page)).toEqual([]);
    await picture(page, 'forbidden');
    expect(world.memory.sent).toEqual([]);
  });

  test('nothing there, no answer, no right and an end of the sign-in are told apart', async () => {
    const page = await open();
    await page.getByText('No dead letters. What can’t be handled comes here').waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'empty');
    world.fails = { status: 502, body: { error: 'The table gives no answer.' } };
    await page.locator('#said[data-tone=bad]', { hasText: 'The table gives no answer.' }).waitFor();
    expect(await violations(page)).toEqual([]);
    world.fails = { status: 401, body: { message: 'Unauthorized' } };
    await page.getByRole('alert').filter({ hasText: 'Your sign-in has ended.' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'ended');
    world.fails = { status: 403, body: { error: 'the token’s claim spillway_role names no role' } };
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByRole('heading', { name: 'You may not look' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'no-role');
  });

  test('what is in ids, names, places, attributes and notes is text', async () => {
    await world.memory.arrive();
    const ids: string[] = [];
    for (const payload of PAYLOADS) {
      const body = JSON.stringify({ invoice: payload, [payload]: payload, amount: payload });
      const message = inRepair(payload, { body, note: { path: payload, detail: payload, consumer: payload } });
      const attributes = { ...message.attributes, ProducerVersion: { type: 'String', value: payload } };
      ids.push((await keep({ ...message, attributes }, world.memory.ports)).id);
    }
    const page = await open();
    await page.locator('.groups .row').first().waitFor();
    for (const id of ids) {
      const { group } = await world.memory.desk.find(id);
      await world.memory.desk.describe(BOB, group, { owner: PAYLOADS[0] ?? '', note: PAYLOADS[1] ?? '' });
      await page.goto(`${world.url}/desk#group=${group}`);
      await page.locator('.letter-row').first().waitFor();
      await page.goto(`${world.url}/desk#group=${group}&letter=${id}`);
      await page.locator('.history').waitFor();
      await page.getByText('Attributes and origin').click();
    }
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(await page.locator(MARKUP).count()).toBe(0);
    expect(world.complaints).toEqual([]);
  });

  test('a letter that somebody else has changed is not overwritten, and who it was is said', async () => {
    const [id = ''] = await three();
    const page = await open('operator', {}, `#letter=${id}`);
    await page.locator('.faults').waitFor();
    await world.memory.desk.setAside(BOB, id, 1, 'mine');
    await page.getByRole('textbox', { name: 'Body of the message' }).fill(good('a'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('#said[data-tone=bad]', { hasText: 'bob has changed letter' }).waitFor();
    expect(await page.locator('.changes .added').count()).toBeGreaterThan(0);
  });

  test('who goes on while the desk is slow ends where they went last', async () => {
    await three();
    await world.memory.arrive(['x', { body: 'not json', note: { reason: 'refused', path: '', detail: 'no' } }]);
    const page = await open();
    await page.getByRole('heading', { name: '2 groups' }).waitFor();
    let asked = 0;
    await page.route('**/groups', async (route) => {
      asked += 1;
      if (asked === 1) await new Promise((resolve) => setTimeout(resolve, 1000));
      await route.continue();
    });
    await page.evaluate(`location.hash = '#where=body.customer%3DAda'`);
    await page.evaluate(`setTimeout(() => { location.hash = '#where=id%3Dx' }, 100)`);
    await page.waitForTimeout(2000);
    expect(await page.locator('.find > p code').textContent()).toBe('id=x');
  });

  test('a text is looked for in the answer to it, and not in a late one to the look before', async () => {
    const [id = ''] = await three();
    const { group } = await world.memory.desk.find(id);
    const page = await open();
    let asked = 0;
    await page.route('**/letters', async (route) => {
      asked += 1;
      if (asked === 1) await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
    });
    await page.evaluate(`location.hash = '#group=${group}'`);
    await page.getByLabel('Text').fill('"invoice":"b"');
    await page.getByLabel('Text').press('Enter');
    await page.waitForTimeout(2500);
    expect(asked).toBe(2);
    expect(await page.locator('.letter-row').count()).toBe(1);
  });

  test('a filter is a link, and so is a search of every group', async () => {
    await three();
    await world.memory.arrive(['x', { body: 'not json', note: { reason: 'refused', path: '', detail: 'no' } }]);
    const page = await open();
    await page.getByLabel('Reason').selectOption('refused');
    await page.getByRole('heading', { name: '1 of 2 groups' }).waitFor();
    expect(page.url()).toContain('#reason=refused');
    await page.getByLabel('Find letters').fill('body.customer=Ada');
    await page.getByLabel('Find letters').press('Enter');
    await page.getByRole('heading', { name: '3 letters' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await picture(page, 'found');
    await page.reload();
    await page.locator('.letter-row', { hasText: 'b' }).first().click();
    await page.locator('.history').waitFor();
    await page.getByRole('link', { name: '← What was found' }).click();
    await page.getByRole('heading', { name: '3 letters' }).waitFor();
    await page.getByLabel('Find letters').fill('nonsense');
    await page.getByLabel('Find letters').press('Enter');
    await page.locator('#said[data-tone=bad]', { hasText: '"nonsense" is no term of a query' }).waitFor();
  });
});

/** Rows that lie over each other. */
const OVERLAPPING = `(() => {
  const boxes = [...document.querySelectorAll('.groups .virtual li')].map((row) => row.getBoundingClientRect()).sort((a, b) => a.top - b.top);
  return boxes.flatMap(({ top }, index) => (index > 0 && top < boxes[index - 1].bottom - 1 ? [index] : []));
})()`;
