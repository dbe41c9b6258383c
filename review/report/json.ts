import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { type Review, worst } from './review';
import type { Since } from './since';
import { visibleJson } from './visible';

/** For programs: everything, in one stable shape. */
export function json(reviews: readonly Review[], policyNotes: readonly string[], since?: Since): string {
  const prices = { asOf: PRICES_AS_OF, region: PRICES_REGION, currency: 'USD' };
  const changed = since && { added: since.added, mended: since.mended, left: since.left };
  return `${visibleJson(JSON.stringify({ version: 2, worst: worst(reviews) ?? null, prices, reviews, policyNotes, since: changed }, null, 2))}\n`;
}
