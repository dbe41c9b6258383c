import { createHash } from 'node:crypto';
import type { Finding } from '../rules/rule';
import type { Review } from './review';

/** By stack, rule and address, so that other figures are still the same alert; of several at one address the nth. */
export function fingerprints(): (review: Review, finding: Finding) => string {
  const seen = new Map<string, number>();
  return (review, finding) => {
    const key = `${review.stack}\n${finding.rule}\n${finding.address}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return createHash('sha256')
      .update(count === 1 ? key : `${key}\n${count}`)
      .digest('hex');
  };
}
