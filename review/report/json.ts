import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { type Review, worst } from './review';
import { visibleJson } from './visible';

/** For programs: everything, in one stable shape. */
export function json(reviews: readonly Review[], policyNotes: readonly string[]): string {
  const prices = { asOf: PRICES_AS_OF, region: PRICES_REGION, currency: 'USD' };
  return `${visibleJson(JSON.stringify({ version: 1, worst: worst(reviews) ?? null, prices, reviews, policyNotes }, null, 2))}\n`;
}
