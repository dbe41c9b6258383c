import { type Coffee, priceOf, type Size } from '../../functions/shop/domain/menu';
import { follow } from '../connection';
import { showFreshness } from '../connection-banner';
import { el, find, setText } from '../dom';
import { laneWords } from '../lanes';
import { server, wasRefused } from '../server-api';
import type { Fault, LaneInfo } from '../wire';
import { COFFEE_WORDS } from './cup';
import { buildMenu } from './menu';
import {
  leftOut,
  merge,
  type OrderBook,
  openBook,
  orderOf,
  place,
  STAGES,
  type Ticket,
  unfinishedLanes,
  update,
} from './order-book';
import { TicketList } from './ticket-list';

const STORE = 'spillway-orders';
const REFRESH_MS = 1_500;
const NEWS_MS = 8_000;

const customer = find<HTMLInputElement>('#customer');
const laneChoice = find<HTMLSelectElement>('#lane');
const news = find('#news');
const tickets = new TicketList(find('#tickets'), (ticket) => void submit(ticket));

let newsEnd: ReturnType<typeof setTimeout> | undefined;
let book: OrderBook = { run: 0, tickets: [] };

function change(next: OrderBook): void {
  announce(book, next);
  book = next;
  localStorage.setItem(STORE, JSON.stringify(book));
  show();
}

function show(): void {
  find('#empty').hidden = book.tickets.length > 0;
  tickets.show(book.tickets, Date.now());
}

/** For those who listen instead of looking: one sentence when an order of theirs gets somewhere. */
function announce(before: OrderBook, after: OrderBook): void {
  const stages = new Map(before.tickets.map(({ order, stage }) => [order.orderId, stage]));
  const moved = after.tickets.find(({ order, stage }) => stage !== 'sending' && stages.get(order.orderId) !== stage);
  const [item] = moved?.order.items ?? [];
  if (!moved || !item) return;
  const { word, meaning } = STAGES[moved.stage];
  setText(news, `${COFFEE_WORDS[item.coffee].name}: ${word}. ${meaning}`);
  // On a phone it lies over the page: it goes again, and the ticket keeps what it said.
  clearTimeout(newsEnd);
  newsEnd = setTimeout(() => setText(news, ''), NEWS_MS);
}

async function order(coffee: Coffee, size: Size): Promise<void> {
  const amount = priceOf([{ coffee, size, quantity: 1 }]);
  const made = orderOf(coffee, size, customer.value, amount, crypto.randomUUID(), new Date());
  change(place(book, made, laneChoice.value));
  const [ticket] = book.tickets;
  if (ticket) await submit(ticket);
}

/** Sending again is safe: the order keeps its id, and an id is paid once. */
async function submit({ order: made, lane }: Ticket): Promise<void> {
  change(update(book, made.orderId, { stage: 'sending', lastError: undefined }));
  try {
    await server.placeOrder(lane, made);
    change(update(book, made.orderId, { stage: 'waiting' }));
  } catch (error) {
    change(
      update(book, made.orderId, {
        stage: wasRefused(error) ? 'refused' : 'unconfirmed',
        lastError: (error as Error).message,
      }),
    );
  }
}

async function refresh(): Promise<void> {
  for (const lane of document.hidden ? [] : unfinishedLanes(book)) {
    // Unreadable for the moment: the tickets stay as they are, and the banner tells if the server is gone.
    const history = await server.orders(lane).catch(() => undefined);
    if (!history) continue;
    change(merge(book, lane, history));
    for (const orderId of leftOut(book, lane, history)) {
      const record = await server.order(lane, orderId).catch(() => undefined);
      if (record) change(merge(book, lane, [record]));
    }
  }
  show();
  setTimeout(refresh, REFRESH_MS);
}

function offerLanes(lanes: readonly LaneInfo[]): void {
  const chosen = sessionStorage.getItem('spillway-lane') ?? 'protected';
  laneChoice.replaceChildren(...lanes.map(({ name }) => el('option', { value: name }, laneWords(name).title)));
  if (lanes.some(({ name }) => name === chosen)) laneChoice.value = chosen;
  const describe = () => {
    sessionStorage.setItem('spillway-lane', laneChoice.value);
    setText(find('#lane-about'), laneWords(laneChoice.value).about);
  };
  laneChoice.addEventListener('change', describe);
  describe();
}

function tellOfFault(fault: Fault): void {
  const words: Record<Fault['kind'], string> = {
    up: '',
    down: 'Payment does not answer at the moment. Order anyway: your order is kept, and finished when payment is back.',
    failing: 'Payment has errors at the moment. Order anyway: your order is kept, and finished when payment is back.',
    slow: 'Payment is slow at the moment. Your order may take a little longer.',
    flaky: 'Payment fails now and then. We try again for you.',
  };
  setText(find('#notice'), words[fault.kind]);
}

let starting = false;

async function start(): Promise<void> {
  if (starting) return;
  starting = true;
  const { run, lanes } = await server.welcome().finally(() => {
    starting = false;
  });
  let saved: OrderBook | undefined;
  try {
    saved = JSON.parse(localStorage.getItem(STORE) ?? 'null') ?? undefined;
  } catch {
    // What another version left behind can't be read: begin anew.
  }
  if (book.run === 0) {
    offerLanes(lanes);
    customer.value = localStorage.getItem('spillway-customer') ?? '';
    buildMenu(find('#menu'), (coffee, size) => void order(coffee, size));
    void refresh();
  }
  book = openBook(run, saved);
  show();
}

customer.addEventListener('change', () => localStorage.setItem('spillway-customer', customer.value));
find<HTMLFormElement>('#details').addEventListener('submit', (event) => event.preventDefault());

follow({
  news: ({ run, snapshots }) => {
    const last = snapshots.at(-1);
    if (last) tellOfFault(last.fault);
    // A start that failed is made again with the next news.
    if (book.run !== run) void start().catch(() => {});
  },
  freshness: showFreshness,
});
