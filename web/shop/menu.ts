import { COFFEES, type Coffee, priceOf, SIZES, type Size } from '../../functions/shop/domain/menu';
import { el } from '../dom';
import { price } from '../format';
import { COFFEE_WORDS, drawCup } from './cup';

/** The menu: the first tap opens a coffee's sizes, the second orders. */
export function buildMenu(list: HTMLElement, onOrder: (coffee: Coffee, size: Size) => void): void {
  let open: (() => void) | undefined;

  const card = (coffee: Coffee) => {
    const { name, about } = COFFEE_WORDS[coffee];
    const cheapest = priceOf([{ coffee, size: 'small', quantity: 1 }]);
    const pick = el(
      'button',
      { type: 'button', class: 'pick', 'aria-expanded': 'false', 'aria-controls': `sizes-${coffee}` },
      drawCup(coffee),
      el('span', { class: 'name' }, name),
      el('span', { class: 'about' }, about),
      el('span', { class: 'from' }, `from ${price(cheapest)}`),
    );
    const sizes = el('div', {
      class: 'sizes',
      id: `sizes-${coffee}`,
      role: 'group',
      'aria-label': `${name}: size`,
      hidden: true,
    });
    for (const size of Object.keys(SIZES) as Size[]) {
      const cents = price(priceOf([{ coffee, size, quantity: 1 }]));
      const choice = el('button', { type: 'button', class: 'size' }, el('span', {}, size), el('b', {}, cents));
      choice.addEventListener('click', () => {
        close();
        pick.focus({ preventScroll: true });
        onOrder(coffee, size);
      });
      sizes.append(choice);
    }
    const item = el('li', { class: 'card' }, pick, sizes);
    const close = () => {
      sizes.hidden = true;
      pick.setAttribute('aria-expanded', 'false');
      open = undefined;
    };
    pick.addEventListener('click', () => {
      const wasOpen = !sizes.hidden;
      open?.();
      if (wasOpen) return;
      sizes.hidden = false;
      pick.setAttribute('aria-expanded', 'true');
      sizes.querySelector('button')?.focus({ preventScroll: true });
      sizes.scrollIntoView({ block: 'nearest' });
      open = close;
    });
    item.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape' || sizes.hidden) return;
      close();
      pick.focus();
    });
    return item;
  };

  list.replaceChildren(...(Object.keys(COFFEES) as Coffee[]).map(card));
}
