import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { blockOf } from '../plan/address';
import { PlanError } from '../plan/errors';
import type { Review } from './review';

/** How many findings a rule had in one block of one stack. */
interface Known {
  readonly stack: string;
  readonly rule: string;
  readonly block: string;
  readonly count: number;
}

/** Hidden in every comment, so that the report of the next push can say what is new. */
const LINE = /<!-- spillway-review-findings ([\w+/=]+) -->/;
const LARGEST = 1 << 24;

const keyOf = ({ stack, rule, block }: Pick<Known, 'stack' | 'rule' | 'block'>) => [stack, rule, block].join('\n');

/** What is different since an earlier report of the same stacks. */
export class Since {
  readonly mended: readonly Known[];
  readonly added: number;
  readonly left: number;
  private readonly before: ReadonlyMap<string, number>;

  constructor(earlier: readonly Known[], reviews: readonly Review[]) {
    const stacks = new Set(reviews.map(({ stack }) => stack));
    const now = new Map(known(reviews).map((entry) => [keyOf(entry), entry.count]));
    this.before = new Map(earlier.map((entry) => [keyOf(entry), entry.count]));
    this.mended = earlier.flatMap((entry) => {
      const count = entry.count - (now.get(keyOf(entry)) ?? 0);
      return stacks.has(entry.stack) && count > 0 ? [{ ...entry, count }] : [];
    });
    const total = [...now.values()].reduce((sum, count) => sum + count, 0);
    this.left = [...now].reduce((sum, [key, count]) => sum + Math.min(count, this.before.get(key) ?? 0), 0);
    this.added = total - this.left;
  }

  /** No instance of this block had such a finding before. */
  isNew(stack: string, { rule, address }: { rule: string; address: string }): boolean {
    return !this.before.has(keyOf({ stack, rule, block: blockOf(address) }));
  }
}

function known(reviews: readonly Review[]): Known[] {
  const counts = new Map<string, Known>();
  for (const { stack, findings } of reviews) {
    for (const { rule, address } of findings) {
      const entry = { stack, rule, block: blockOf(address) };
      const key = keyOf(entry);
      counts.set(key, { ...entry, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()];
}

export function stateLine(reviews: readonly Review[]): string {
  const rows = known(reviews).map(({ stack, rule, block, count }) => [stack, rule, block, count]);
  return `<!-- spillway-review-findings ${deflateRawSync(JSON.stringify(rows)).toString('base64')} -->\n`;
}

/** The findings of an earlier comment or JSON report. Of a text that is neither, as of a comment without a report, it is nothing. */
export function earlierFindings(text: string, name: string): readonly Known[] | undefined {
  try {
    const [, state] = LINE.exec(text) ?? [];
    if (state) {
      const json = inflateRawSync(Buffer.from(state, 'base64'), { maxOutputLength: LARGEST }).toString('utf8');
      return (JSON.parse(json) as unknown[][]).map(([stack, rule, block, count]) => ({
        ...{ stack: String(stack), rule: String(rule), block: String(block) },
        count: Number(count),
      }));
    }
    if (!text.trimStart().startsWith('{')) return undefined;
    return known((JSON.parse(text) as { reviews: Review[] }).reviews);
  } catch {
    throw new PlanError(`${name}: is no earlier report; --since takes one of --format markdown or json`);
  }
}
