import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startWebServer, type WebServer } from '../../local/web/server';
import { FakeEnvironment } from '../web/fake-environment';
import { violations } from './accessibility';
import { type Browser, inBrowser } from './in-browser';

/** The pages themselves, with numbers that a test sets; story.test.ts plays them on the emulator. */
jest.setTimeout(60_000);

inBrowser('pages', (startBrowser) => {
  let browser: Browser;
  let environment: FakeEnvironment;
  let server: WebServer;
  let context: BrowserContext | undefined;
  /** What the browser complained about: scripts that failed, files that the content security policy kept out. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    complaints = [];
    environment = await new FakeEnvironment().start(['unprotected', 'protected', 'breaker', 'saga']);
    server = await startWebServer(environment, { port: 0 });
  });
  afterEach(async () => {
    await context?.close();
    await server.stop();
    await environment.stop();
  });

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    context = await browser.context({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(server.url + path);
    await page.waitForSelector(path === '/' ? '.card' : '.lane');
    return page;
  }

  const ticket = (page: Page) => page.locator('.ticket').first();

  test('two taps order a coffee, and its ticket follows the history', async () => {
    const page = await open('/');
    await page.getByRole('button', { name: /^Latte/ }).click();
    await page.getByRole('button', { name: /^medium \$4\.80/ }).click();
    await ticket(page).getByText('Being paid').waitFor();
    const [order] = environment.lane('protected').orders;
    expect(order).toMatchObject({
      customer: 'Guest',
      amount: 480,
      items: [{ coffee: 'latte', size: 'medium', quantity: 1 }],
    });
    Object.assign(order ?? {}, { status: 'parked', attempts: 3, lastError: 'payment gave no answer in 3000 ms' });
    await ticket(page).getByText('Safe. We finish it when payment is back. Tried 3 times.').waitFor();
    Object.assign(order ?? {}, { status: 'paid', lastError: undefined });
    await ticket(page).getByText('Enjoy your coffee.').waitFor();
    expect(await page.locator('#news').textContent()).toBe('Latte: Paid. Enjoy your coffee.');
    expect(complaints).toEqual([]);
  });

  test('an order is kept through a reload, and shown once', async () => {
    const page = await open('/');
    await page.getByRole('button', { name: /^Espresso/ }).click();
    await page.getByRole('button', { name: /^small/ }).click();
    await ticket(page).waitFor();
    await page.reload();
    await ticket(page).waitFor();
    expect(await page.locator('.ticket').count()).toBe(1);
    expect(await page.locator('#empty').isVisible()).toBe(false);
  });

  test('an order without an answer is not said to be refused, and is sent again under the same id', async () => {
    environment.intake = { status: 503, body: '' };
    const page = await open('/');
    await page.getByRole('button', { name: /^Filter/ }).click();
    await page.getByRole('button', { name: /^large/ }).click();
    await ticket(page).getByText('No answer', { exact: true }).waitFor();
    const id = await ticket(page).getAttribute('data-order');
    environment.intake = { status: 200, body: '' };
    await page.getByRole('button', { name: 'Send it again' }).click();
    await ticket(page).getByText('Being paid').waitFor();
    expect(environment.lane('protected').orders.map(({ orderId }) => orderId)).toEqual([id]);
  });

  test('the keyboard alone orders a coffee, and Escape takes it back', async () => {
    const page = await open('/');
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await page.locator('.pick').first().focus();
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('small$2.50');
    await page.keyboard.press('Escape');
    expect(await focused()).toMatch(/^Espresso/);
    expect(await page.locator('.sizes:visible').count()).toBe(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await ticket(page).getByText('Being paid').waitFor();
    expect(environment.lane('protected').orders).toMatchObject([{ items: [{ coffee: 'filter', size: 'medium' }] }]);
  });

  test('the keyboard alone breaks payment, orders and releases, with the focus in sight', async () => {
    environment.redriveAnswer = {
      action: 'hold',
      reason: '3 parked, and they stay: canary 1 of 3 failed.',
      dryRun: false,
      parked: 3,
      canary: { green: false, sent: 1, detail: '' },
    };
    const page = await open('/operations');
    await page.getByRole('radio', { name: 'Working' }).focus();
    await page.keyboard.press('ArrowRight');
    await eventually(() => environment.payment.fault().kind === 'down');
    const outline = await page.evaluate<string>(
      'getComputedStyle(document.activeElement.closest(".option")).outlineStyle',
    );
    expect(outline).toBe('solid');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('9 orders placed in 3 lanes.').waitFor();
    expect([...environment.lanes.values()].map(({ orders }) => orders.length)).toEqual([3, 3, 3, 0]);
    await page.locator('[data-lane=protected]').getByRole('button', { name: 'Release parked' }).focus();
    await page.keyboard.press('Enter');
    await page
      .locator('[data-lane=protected]')
      .getByText('Canary red. 3 parked, and they stay: canary 1 of 3 failed. Nothing moves.')
      .waitFor();
    expect(environment.invoked).toEqual([
      { functionName: 'protected-redrive', payload: { operation: 'redrive', dryRun: false } },
    ]);
  });

  test('a server that goes away is told, and found again when it comes back', async () => {
    const page = await open('/operations');
    const { port } = new URL(server.url);
    await server.stop();
    await page.getByText('No connection to the server.').waitFor();
    server = await startWebServer(environment, { port: Number(port) });
    await page.getByText('No connection to the server.').waitFor({ state: 'hidden' });
    environment.lane('protected').parked = 7;
    await page.locator('[data-lane=protected] .figure.parked dt + dd', { hasText: '7' }).waitFor();
  });

  test('eight tabs are open, and each loads and works', async () => {
    const first = await open('/operations');
    for (let tab = 2; tab <= 8; tab += 1) {
      const page = await first.context().newPage();
      await page.goto(`${server.url}/operations`);
      await page.locator('.lane').first().waitFor({ timeout: 5_000 });
      await page.getByRole('button', { name: '1 order', exact: true }).click();
      await eventually(() => environment.lane('protected').orders.length === tab - 1);
    }
    await first.getByText('Live').waitFor();
  });

  test('an emulator that hangs is told from a server that is gone, and nothing is called live', async () => {
    const page = await open('/operations');
    await page.getByText('Live', { exact: true }).waitFor();
    environment.hangs = true;
    await page.locator('.banner', { hasText: 'The emulator gives no answer.' }).waitFor({ timeout: 12_000 });
    expect(await page.locator('#link').textContent()).toMatch(/^Emulator gives no answer · \d+ s old$/);
    expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
    environment.wake();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.locator('.banner').first().textContent()).toBe('');
    expect(complaints).toEqual([]);
  });

  test('what was asked for and refused stays on the page until it is read', async () => {
    const page = await open('/operations');
    await page.route('**/api/fault', (route) => route.fulfill({ status: 400, json: { error: 'kind: unknown fault' } }));
    await page.getByRole('radio', { name: 'Errors' }).check({ force: true });
    const failure = page.getByRole('alert').filter({ hasText: 'kind: unknown fault' });
    await failure.waitFor();
    await wait(2_500);
    expect(await failure.isVisible()).toBe(true);
    await failure.getByRole('button', { name: 'Dismiss' }).click();
    await failure.waitFor({ state: 'hidden' });
  });

  test('a verdict has its time, and is void once payment was switched', async () => {
    environment.redriveAnswer = { action: 'hold', reason: 'None parked.', dryRun: true, parked: 0 };
    const page = await open('/operations');
    const lane = page.locator('[data-lane=protected]');
    await lane.getByRole('button', { name: 'Only check' }).click();
    await lane.locator('.verdict', { hasText: /^\d\d:\d\d:\d\d None parked/ }).waitFor();
    environment.payment.setFault({ kind: 'down' });
    await lane.getByText('No longer holds: payment was switched since.').waitFor();
  });

  test('every word explains itself, to a finger and to the keyboard', async () => {
    const page = await open('/operations', { viewport: { width: 390, height: 800 }, hasTouch: true });
    expect(await page.locator('[title]').count()).toBe(0);
    const lane = page.locator('[data-lane=protected]');
    await lane.getByRole('button', { name: 'Wasted' }).tap();
    const meaning = page.locator('.meaning-note:popover-open');
    expect(await meaning.textContent()).toMatch(/^Seconds of Lambda/);
    const { x = -1, width = 999 } = (await meaning.boundingBox()) ?? {};
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(390);
    await lane.getByRole('button', { name: 'Repair', exact: true }).focus();
    await page.keyboard.press('Enter');
    expect(await meaning.textContent()).toMatch(/^Orders that are wrong/);
    await page.keyboard.press('Escape');
    expect(await meaning.count()).toBe(0);
    await page.getByRole('button', { name: 'The payment system is…' }).tap();
    expect(await meaning.locator('dd').count()).toBe(5);
    expect(complaints).toEqual([]);
  });

  test('faults, canaries and holds are listed with their time, and by whom', async () => {
    environment.redriveAnswer = { action: 'idle', reason: 'Nothing is parked.', dryRun: true, parked: 0 };
    const page = await open('/operations');
    const first = page.locator('#timeline li').first();
    environment.payment.setFault({ kind: 'down' });
    await first.filter({ hasText: /\d\d:\d\d:\d\dPayment gives no answer\./ }).waitFor();
    const until = Date.now() + 60_000;
    environment.breaker = { ...environment.breaker, hold: { kind: 'open', who: 'Ada', why: 'The bank called', until } };
    await first.filter({ hasText: "Payment's breaker is held open by Ada: The bank called." }).waitFor();
    await page.locator('[data-lane=protected]').getByRole('button', { name: 'Only check' }).click();
    await first.filter({ hasText: 'Protected: Nothing is parked.' }).waitFor();
  });

  test('a saga in trouble says the cause, the try, and what a person has to do', async () => {
    environment.saga = {
      status: 'FAILED',
      definition: { StartAt: 'refund', States: { refund: { Type: 'Task' } } },
      events: [
        { id: 1, type: 'TaskStateEntered', timestamp: 1, stateEnteredEventDetails: { name: 'refund' } },
        { id: 2, type: 'TaskScheduled', timestamp: 1 },
        {
          id: 3,
          type: 'TaskFailed',
          timestamp: 1,
          taskFailedEventDetails: { error: 'Unavailable', cause: 'no answer' },
        },
      ],
    };
    const page = await open('/operations');
    await page.getByText(/^refund failed, try 1: Unavailable: no answer\. A person has to mend/).waitFor();
  });

  test('a broken order can be placed, so that repair has something to do', async () => {
    const page = await open('/operations');
    await page.getByLabel('Where to order').selectOption('protected');
    await page.getByRole('button', { name: '1 broken order' }).click();
    await page.getByText('1 order placed in Protected.').waitFor();
    expect(environment.lane('protected').orders[0]?.amount).toBeLessThan(0);
  });

  test('on a phone nothing lies over what has the focus', async () => {
    const page = await open('/operations', { viewport: { width: 390, height: 740 } });
    await page.getByRole('button', { name: 'Start one' }).waitFor();
    expect(await page.evaluate(COVERED)).toEqual([]);
  });

  test('what changes is said to those who listen, by regions that were there before', async () => {
    const shop = await open('/');
    expect(await shop.title()).toBe('Shop · Spillway Coffee');
    environment.payment.setFault({ kind: 'down' });
    await shop.getByRole('status').filter({ hasText: 'Payment does not answer' }).waitFor();
    await context?.close();

    const page = await open('/operations');
    expect(await page.title()).toBe('Operations · Spillway Coffee');
    const inTheTree = (selector: string) =>
      page.locator(selector).evaluate((region: { checkVisibility(): boolean }) => region.checkVisibility());
    for (const region of ['#connection', '#trouble', '[data-lane=protected] .verdict', '.moral', '.said']) {
      expect(`${region} ${await inTheTree(region)}`).toBe(`${region} true`);
    }
    const news = page.locator('[data-lane=unprotected]').getByRole('status');
    expect(await news.textContent()).toBe('');
    environment.lane('unprotected').inFlight = 3;
    await news.filter({ hasText: 'Unprotected: 3 orders are tried again and again' }).waitFor();
    const said = await news.textContent();
    environment.lane('unprotected').inFlight = 2;
    await page.locator('[data-lane=unprotected] .status', { hasText: '2 orders are tried' }).waitFor();
    expect(await news.textContent()).toBe(said);
  });

  test('a move is shown as it gets on, and a double charge is not hidden', async () => {
    const page = await open('/operations');
    const lane = environment.lane('protected');
    lane.move = {
      Status: 'RUNNING',
      ApproximateNumberOfMessagesMoved: 1,
      ApproximateNumberOfMessagesToMove: 3,
      MaxNumberOfMessagesPerSecond: 1,
      StartedTimestamp: 1,
      TaskHandle: 'x',
    };
    lane.doubleCharges = 1;
    await page.getByText('1 of 3 moved back, 1 order a second.').waitFor();
    await page.getByText('1 order was charged more than once.').waitFor();
    lane.move = { ...lane.move, Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 };
    await page.getByText(/^Last release, [\d:]+: 3 orders moved back\.$/).waitFor();
  });

  test('the story is told by its buttons, and releases what no breaker releases', async () => {
    const page = await open('/operations');
    const press = (name: string) => page.locator('[aria-current=step]').getByRole('button', { name }).click();
    await press('Stop payment');
    await press('Place 3 orders in every lane');
    environment.lane('protected').parked = 3;
    environment.lane('breaker').parked = 3;
    const invocation = { requestId: 'request-1', startedAt: Date.now() - 3000, durationMs: 3000, records: 1 };
    environment.ended.push({
      ...invocation,
      functionName: 'unprotected-consumer',
      outcome: 'timeout',
      failedRecords: 1,
    });
    await press('Bring payment back');
    await press('Release');
    await eventually(() => environment.invoked.length > 0);
    expect(environment.invoked).toEqual([
      { functionName: 'protected-redrive', payload: { operation: 'redrive', dryRun: false } },
    ]);
  });

  test('a release says what is in the way, and a long word of SQS stays within its lane', async () => {
    const problem = 'The last move failed after 2: AWS.SimpleQueueService.NonExistentQueue.';
    environment.redriveAnswer = { action: 'start', reason: 'Green.', dryRun: false, parked: 6, problem };
    const page = await open('/operations', { viewport: { width: 320, height: 640 } });
    await page.getByRole('button', { name: 'Release parked' }).first().click();
    await page.locator('.verdict[data-tone=bad]', { hasText: problem }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  test('a breaker says its state and why, and takes a hold only with who, why and until', async () => {
    const page = await open('/operations');
    const lane = page.locator('[data-lane=breaker]');
    const payment = lane.getByRole('region', { name: 'Circuit breaker: payment' });
    await payment.getByText('Closed', { exact: true }).waitFor();
    environment.breaker = {
      ...environment.breaker,
      state: 'open',
      since: Date.now(),
      evidence: '5 calls in a row failed',
    };
    await payment.getByText('Why: 5 calls in a row failed').waitFor();
    await lane.getByText('The queue is not read').waitFor();
    expect(await payment.locator('.breaker-state').textContent()).toBe('Open');
    expect(await lane.locator('.breaker-state').allTextContents()).toEqual(['Open', 'Closed']);
    await payment.getByRole('button', { name: 'Hold open' }).click();
    const dialog = page.getByRole('dialog', { name: 'Hold open: payment' });
    await dialog.getByLabel('Who').fill('Ada');
    await page.keyboard.press('Enter');
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByLabel('Why').fill('The bank called');
    await page.keyboard.press('Enter');
    await payment.getByText(/^Held open by Ada until .*: The bank called$/).waitFor();
    expect(environment.breaker.hold?.until).toBeGreaterThan(Date.now() + 29 * 60_000);
    await payment.getByRole('button', { name: 'Lift the hold' }).click();
    const lift = page.getByRole('dialog', { name: 'Lift the hold: payment' });
    await lift.getByLabel('Why').fill('All clear');
    await lift.getByRole('button', { name: 'Lift the hold' }).click();
    await payment.getByText('Held open').waitFor({ state: 'hidden' });
    expect(environment.breaker.hold).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  test('a dead letter is shown as text, whatever is in it', async () => {
    environment.letters = [
      {
        MessageId: 'message-1',
        Body: '<img src=x onerror=alert(1)>',
        Attributes: { SentTimestamp: '0' },
        MessageAttributes: { 'Spillway.Note': { DataType: 'String', StringValue: '{"reason":"malformed"}' } },
      },
    ];
    const page = await open('/operations');
    await page.locator('[data-lane=protected]').getByRole('button', { name: 'Look at repair' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('malformed').waitFor();
    expect(await dialog.getByRole('status').textContent()).toBe('1 message read.');
    expect(await dialog.locator('pre').textContent()).toBe('<img src=x onerror=alert(1)>');
    expect(await dialog.locator('img').count()).toBe(0);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test.each(['/', '/operations'])(
    '%s fits a phone of 320 pixels, in light and in dark, with readable text',
    async (path) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(path, { viewport: { width: 320, height: 640 }, colorScheme, reducedMotion: 'reduce' });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
        expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
        expect(await page.evaluate(SMALL_TARGETS)).toEqual([]);
        expect(await violations(page)).toEqual([]);
        await context?.close();
      }
      expect(complaints).toEqual([]);
    },
  );
});

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 100) throw new Error(`${holds} did not come true in 5 s`);
    await wait(50);
  }
}

/** Text whose contrast with what is behind it is under 4.5 (WCAG 2.2, 1.4.3); large text would be allowed less. */
const LOW_CONTRAST = `(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest('svg, noscript')) continue;
    const [a, b] = [luminance(rgba(getComputedStyle(element).color)), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(ratio.toFixed(2) + ' ' + element.className + ': ' + element.textContent.trim().slice(0, 40));
  }
  return low;
})()`;

/** Controls that are under something else when they have the focus, gone to from above and from below (WCAG 2.2, 2.4.11). */
const COVERED = `[...document.querySelectorAll('main :is(button, select, input, summary, a)')]
  .filter((element) => element.checkVisibility() && !element.matches('[type=radio]'))
  .flatMap((element) => [0, document.body.scrollHeight].map((from) => {
    document.activeElement.blur();
    scrollTo(0, from);
    element.focus();
    const { left, top, width, height } = element.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return element.contains(seen) ? '' : element.outerHTML.slice(0, 80);
  }))
  .filter(Boolean)`;

/** What a finger has to hit is at least 24 pixels in both directions (WCAG 2.2, 2.5.8). */
const SMALL_TARGETS = `[...document.querySelectorAll('button, select, input, nav a, summary')]
  .filter((element) => element.checkVisibility() && !element.matches('[type=radio]'))
  .map((element) => [element.getBoundingClientRect(), element])
  .filter(([{ width, height }]) => width < 24 || height < 24)
  .map(([, element]) => element.outerHTML.slice(0, 80))`;
