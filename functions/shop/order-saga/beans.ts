import type { Order } from '../domain/order';

/** Grams of beans for a cup. */
const GRAMS = { small: 9, medium: 14, large: 18 } as const;

export const beansFor = ({ items }: Order): number =>
  items.reduce((sum, { size, quantity }) => sum + GRAMS[size] * quantity, 0);
