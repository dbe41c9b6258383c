import { plural } from '../format';

/** What became of an order that was sent: `unknown` when nothing confirmed or refused it. */
export type Outcome = 'taken' | 'refused' | 'unknown';

/** What a person is told about the orders that they placed. */
export function sayPlaced(outcomes: readonly Outcome[], where: string): string {
  const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
  const [taken, refused, unknown] = [count('taken'), count('refused'), count('unknown')];
  return [
    taken > 0 && `${plural(taken, 'order')} placed in ${where}.`,
    refused > 0 && `${plural(refused, 'order was', 'orders were')} refused.`,
    unknown > 0 &&
      `Of ${plural(unknown, 'order')} nobody knows: no answer came. Sent again, none of them is paid twice.`,
  ]
    .filter(Boolean)
    .join(' ');
}
