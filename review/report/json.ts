import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { type Review, worst } from './review';

/** For programs: everything, in one stable shape. */
export function json(reviews: readonly Review[], policyNotes: readonly string[]): string {
  const prices = { asOf: PRICES_AS_OF, region: PRICES_REGION, currency: 'USD' };
  return `${JSON.stringify({ version: 1, worst: worst(reviews) ?? null, prices, reviews, policyNotes }, null, 2)}\n`;
}
