import { blockOf } from '../plan/address';
import { group } from '../plan/format';
import { type Finding, SEVERITIES, worseFirst } from '../rules/rule';
import type { Review } from './review';

export interface Placed {
  readonly stack: string;
  readonly finding: Finding;
}

/** All findings of each rule, whatever their stack: the worst rule first, and in each the worst finding. */
export function byRule(reviews: readonly Review[]): Placed[][] {
  const placed = reviews.flatMap(({ stack, findings }) => findings.map((finding) => ({ stack, finding })));
  return grouped(placed, ({ finding }) => finding.rule)
    .map((group) => [...group].sort((a, b) => worseFirst(a.finding.severity, b.finding.severity)))
    .sort(([a], [b]) => worseFirst((a as Placed).finding.severity, (b as Placed).finding.severity));
}

/** The findings that differ in nothing but the instance of one block, in their order. */
export const byBlock = (findings: readonly Finding[]): Finding[][] =>
  grouped(findings, ({ rule, severity, title, address }) => [rule, severity, title, blockOf(address)].join('\n'));

/** `1 critical, 3 high` */
export function tally(findings: readonly Finding[]): string {
  return SEVERITIES.map(
    (severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const,
  )
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${group(count)} ${severity}`)
    .join(', ');
}

function grouped<Item>(items: readonly Item[], key: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
