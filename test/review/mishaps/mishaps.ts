import { terminal } from '../../../review/report/terminal';
import type { Json } from '../changed-plans';
import { headlines, reviewOf } from '../plan-files';
import { arn, resource } from '../small-plan';

interface Words {
  /** What the report has to say. */
  readonly says?: readonly string[];
  /** What would be wrong, or is said of another type. */
  readonly never?: readonly string[];
}
/** What somebody does, the plan of it, and all that the review has to find: nothing for a near miss. */
export type Mishap = readonly [what: string, plan: Json, finds: readonly string[], words?: Words];

export function testMishaps(mishaps: readonly Mishap[]): void {
  for (const [what, plan, finds, { says = [], never = [] } = {}] of mishaps)
    test(what, async () => {
      const review = await reviewOf(plan);
      expect(headlines(review)).toEqual(finds);
      const report = terminal([review], [], { colour: false });
      for (const words of says) expect(report).toContain(words);
      for (const words of never) expect(report).not.toContain(words);
    });
}

/** Something that is there, and stays as it is unless `after` says otherwise. */
export const there = (address: string, attributes: Json = {}, options?: Parameters<typeof resource>[2]): Json =>
  resource(address, attributes, options);
/** What this plan makes; its id is not known yet. */
export const made = (address: string, attributes: Json, options: Parameters<typeof resource>[2] = {}): Json =>
  resource(address, null, { ...options, after: attributes, unknown: { id: true, ...options.unknown } });
export const FUNCTION = arn('lambda', 'function:consumer');
