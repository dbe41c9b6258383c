import type { Coffee } from '../../functions/shop/domain/menu';
import { svg } from '../dom';

/** What is in the cup, from the bottom up, in shares of its height. */
type Layer = readonly [kind: 'coffee' | 'filter' | 'mixed' | 'milk' | 'foam', share: number];

interface Drink {
  /** Width at the rim, at the foot, and height, on a 96 × 80 sheet. */
  readonly cup: readonly [rim: number, foot: number, height: number];
  readonly handle: boolean;
  readonly layers: readonly Layer[];
}

const DRINKS: Readonly<Record<Coffee, Drink>> = {
  espresso: {
    cup: [38, 26, 30],
    handle: true,
    layers: [
      ['coffee', 0.62],
      ['mixed', 0.12],
    ],
  },
  filter: { cup: [46, 42, 46], handle: true, layers: [['filter', 0.86]] },
  cappuccino: {
    cup: [58, 32, 40],
    handle: true,
    layers: [
      ['coffee', 0.3],
      ['milk', 0.3],
      ['foam', 0.34],
    ],
  },
  latte: {
    cup: [42, 32, 58],
    handle: false,
    layers: [
      ['coffee', 0.2],
      ['mixed', 0.16],
      ['milk', 0.42],
      ['foam', 0.12],
    ],
  },
  'flat-white': {
    cup: [54, 32, 38],
    handle: true,
    layers: [
      ['coffee', 0.4],
      ['mixed', 0.34],
      ['foam', 0.12],
    ],
  },
};

/** The drink in section: what is in it can be seen. */
export function drawCup(coffee: Coffee): SVGSVGElement {
  const { cup, handle, layers } = DRINKS[coffee];
  const [rim, foot, height] = cup;
  const floor = 76;
  const widthAt = (share: number) => foot + (rim - foot) * share;
  const middle = handle ? 44 : 48;
  const slice = (from: number, to: number) => {
    const [low, high] = [widthAt(from) / 2, widthAt(to) / 2];
    const [bottom, ceiling] = [floor - from * height, floor - to * height];
    return `M${middle - low} ${bottom}L${middle + low} ${bottom}L${middle + high} ${ceiling}L${middle - high} ${ceiling}Z`;
  };
  let filled = 0.06;
  const drawn = layers.map(([kind, share]) => {
    const from = filled;
    filled = Math.min(0.97, filled + share);
    return svg('path', { class: kind, d: slice(from, filled) });
  });
  const side = middle + widthAt(0.78) / 2;
  return svg(
    'svg',
    { class: 'cup', viewBox: '0 0 96 80', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', {
      class: 'steam',
      d: `M${middle - 8} ${floor - height - 5}q-4-4 0-8t0-8M${middle + 8} ${floor - height - 5}q-4-4 0-8t0-8`,
    }),
    ...drawn,
    svg('path', { class: 'glass', d: slice(0, 1) }),
    handle && svg('path', { class: 'glass handle', d: `M${side} ${floor - height * 0.78}q13 -1 11 10t-15 9` }),
  );
}

export const COFFEE_WORDS: Readonly<Record<Coffee, { name: string; about: string }>> = {
  espresso: { name: 'Espresso', about: 'short and strong' },
  filter: { name: 'Filter', about: 'clear and long' },
  cappuccino: { name: 'Cappuccino', about: 'a third foam' },
  latte: { name: 'Latte', about: 'mostly milk' },
  'flat-white': { name: 'Flat white', about: 'velvet, double' },
};
