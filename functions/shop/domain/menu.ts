/** What the shop sells, in cents of a US dollar: a coffee's price plus what its size adds. */
export const COFFEES = { espresso: 250, filter: 280, cappuccino: 380, latte: 420, 'flat-white': 430 } as const;
export const SIZES = { small: 0, medium: 60, large: 120 } as const;

export type Coffee = keyof typeof COFFEES;
export type Size = keyof typeof SIZES;

export interface OrderItem {
  readonly coffee: Coffee;
  readonly size: Size;
  /** 1 to 20 cups. */
  readonly quantity: number;
}

/** Cents for all items together. */
export function priceOf(items: readonly OrderItem[]): number {
  return items.reduce((sum, { coffee, size, quantity }) => sum + (COFFEES[coffee] + SIZES[size]) * quantity, 0);
}
