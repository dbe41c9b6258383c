import { COFFEES, type Coffee, priceOf, SIZES, type Size } from '../../functions/shop/domain/menu';
import type { Order } from '../../functions/shop/domain/order';
import { button, el, setText } from '../dom';
import { clock, plural } from '../format';
import { laneWords } from '../lanes';
import { server, wasRefused } from '../server-api';
import { orderOf } from '../shop/order-book';
import type { LaneInfo } from '../wire';
import { type Outcome, sayPlaced } from './placing';

const CUSTOMERS = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Tony', 'Frances', 'Leslie', 'Radia'];

const pick = <Value>(values: readonly Value[], at: number) => values[at % values.length] as Value;

export interface PlaceOrders {
  /** The same orders in every lane. */
  everywhere(count: number): Promise<void>;
  place(count: number, lanes: readonly string[]): Promise<void>;
}

interface Sent {
  readonly lane: string;
  readonly order: Order;
}

const outcomeOf = (result: PromiseSettledResult<unknown>): Outcome =>
  result.status === 'fulfilled' ? 'taken' : wasRefused(result.reason) ? 'refused' : 'unknown';

export function buildPlaceOrders(
  place: HTMLElement,
  lanes: readonly LaneInfo[],
  report: (error: unknown) => void,
): PlaceOrders {
  const choice = el(
    'select',
    { 'aria-label': 'Where to order' },
    el('option', { value: '' }, 'in every lane'),
    ...lanes.map(({ name }) => el('option', { value: name }, `in ${laneWords(name).title}`)),
  );
  const said = el('p', { class: 'said', role: 'status' });
  let customer = 0;
  /** Sent, and nobody knows whether they were taken. */
  let open: readonly Sent[] = [];
  const again = button('Send them again', 'action', () => send(open).catch(report));
  again.hidden = true;

  const make = (count: number) =>
    Array.from({ length: count }, () => {
      customer += 1;
      const coffee = pick(Object.keys(COFFEES) as Coffee[], customer);
      const size = pick(Object.keys(SIZES) as Size[], customer);
      const amount = priceOf([{ coffee, size, quantity: 1 }]);
      return orderOf(coffee, size, pick(CUSTOMERS, customer), amount, crypto.randomUUID(), new Date());
    });
  const order = async (count: number, names: readonly string[]) => {
    setText(said, '');
    const made = make(count);
    await send(made.flatMap((one) => names.map((lane) => ({ lane, order: one }))));
  };
  /** One that no try can make right: what a consumer with a repair queue puts there at once, and one without tries for ever. */
  const broken = async () => {
    const [order] = make(1);
    const names = choice.value ? [choice.value] : lanes.map(({ name }) => name);
    if (order) await send(names.map((lane) => ({ lane, order: { ...order, amount: -order.amount } })));
  };
  const send = async (orders: readonly Sent[]) => {
    const results = await Promise.allSettled(orders.map((one) => server.placeOrder(one.lane, one.order)));
    const outcomes = results.map(outcomeOf);
    const used = new Set(orders.map(({ lane }) => lane));
    const where = used.size > 1 ? `${used.size} lanes` : laneWords([...used][0] ?? '').title;
    setText(said, `${clock(Date.now())} ${sayPlaced(outcomes, where)}`);
    open = orders.filter((_, index) => outcomes[index] === 'unknown');
    again.hidden = open.length === 0;
    const failure = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failure) throw failure.reason;
  };
  const everywhere = (count: number) =>
    order(
      count,
      lanes.map(({ name }) => name),
    );

  const buttons = [1, 3, 20].map((count) =>
    button(plural(count, 'order'), 'action', () =>
      (choice.value ? order(count, [choice.value]) : everywhere(count)).catch(report),
    ),
  );
  place.replaceChildren(
    el(
      'fieldset',
      { class: 'place' },
      el('legend', {}, 'Place orders'),
      el(
        'div',
        { class: 'options' },
        ...buttons,
        button('1 broken order', 'action', () => broken().catch(report)),
        choice,
        said,
        again,
      ),
    ),
  );
  return { everywhere, place: order };
}
