import { COFFEES, type Coffee, priceOf, SIZES, type Size } from '../../functions/shop/domain/menu';
import { button, el, setText } from '../dom';
import { plural } from '../format';
import { laneWords } from '../lanes';
import { server } from '../server-api';
import { orderOf } from '../shop/order-book';
import type { LaneInfo } from '../wire';

const CUSTOMERS = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Tony', 'Frances', 'Leslie', 'Radia'];

const pick = <Value>(values: readonly Value[], at: number) => values[at % values.length] as Value;

export interface PlaceOrders {
  /** The same orders in every lane. */
  everywhere(count: number): Promise<void>;
  place(count: number, lanes: readonly string[]): Promise<void>;
}

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

  const order = async (count: number, names: readonly string[]) => {
    setText(said, '');
    const made = Array.from({ length: count }, () => {
      customer += 1;
      const coffee = pick(Object.keys(COFFEES) as Coffee[], customer);
      const size = pick(Object.keys(SIZES) as Size[], customer);
      const amount = priceOf([{ coffee, size, quantity: 1 }]);
      return orderOf(coffee, size, pick(CUSTOMERS, customer), amount, crypto.randomUUID(), new Date());
    });
    const sent = made.flatMap((one) => names.map((name) => server.placeOrder(name, one)));
    const failed = (await Promise.allSettled(sent)).filter((result) => result.status === 'rejected');
    const [first] = failed;
    if (first) {
      setText(said, `${failed.length} of ${sent.length} orders were not taken.`);
      throw first.reason;
    }
    const where = names.length === 1 ? laneWords(names[0] ?? '').title : 'every lane';
    setText(said, `${plural(count, 'order')} placed in ${where}.`);
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
      el('div', { class: 'options' }, ...buttons, choice, said),
    ),
  );
  return { everywhere, place: order };
}
