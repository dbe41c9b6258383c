import { PRICES_AS_OF } from '../cost/prices';
import { dollars, group, seconds } from '../plan/format';
import type { Review } from './review';
import type { Since } from './since';
import { visible } from './visible';

const COLOURS: Readonly<Record<string, number>> = { critical: 41, high: 31, medium: 33, low: 36, info: 2 };

/** For people at a prompt: the same order as the comment, nothing folded. */
export function terminal(
  reviews: readonly Review[],
  policyNotes: readonly string[],
  { colour, since }: { colour: boolean; since?: Since | undefined },
): string {
  const paint = (text: string, code: number | undefined) =>
    colour && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text;
  const lines: string[] = [];
  for (const review of reviews) {
    const { counts } = review;
    const other = [
      [counts.forget, 'to forget'],
      [counts.moved, 'moved'],
      [counts.imported, 'to import'],
    ] as const;
    lines.push(
      paint(
        visible(
          `${review.stack}  account ${review.accounts.join(', ') || 'not known yet'}  region ${review.regions.join(', ') || 'not known yet'}`,
        ),
        1,
      ),
      `  ${counts.create} to create, ${counts.update} to change, ${counts.replace} to replace, ${counts.destroy} to destroy${other
        .filter(([count]) => count > 0)
        .map(([count, what]) => `, ${count} ${what}`)
        .join('')}`,
      '',
    );
    for (const finding of review.findings) {
      const change = [finding.before, finding.after].filter((text) => text !== undefined).join(' → ');
      lines.push(
        `  ${paint(finding.severity.toUpperCase(), COLOURS[finding.severity])} ${visible(finding.address)}  [${finding.rule}]${finding.place ? `  ${visible(finding.place.file)}:${finding.place.line}` : ''}${since?.isNew(review.stack, finding) ? '  new' : ''}`,
        `    ${finding.title}${change ? `: ${visible(change)}` : ''}`,
        `    Why: ${visible(finding.why)}`,
        `    Do:  ${indented(finding.action)}`,
        ...(finding.questions ?? []).map(({ about, command, answer }) =>
          answer === undefined ? `    Ask: ${visible(command)}` : `    Now: ${visible(`${about}: ${answer}`)}`,
        ),
        '',
      );
    }
    if (review.findings.length === 0)
      lines.push(
        review.suppressed.length > 0 ? '  No findings, but for those that the policy hides.' : '  No findings.',
        '',
      );
    for (const { queue, estimates } of review.outages) {
      for (const { outageSeconds, before, after } of estimates)
        lines.push(
          `  An outage of ${seconds(outageSeconds)} behind ${visible(queue)}: ${group(before.wastedSeconds)} → ${group(after.wastedSeconds)} wasted Lambda-seconds, ${group(before.receives)} → ${group(after.receives)} receives, ${group(before.deadLetters)} → ${group(after.deadLetters)} dead letters, recovered after ${before.recoverySeconds ?? '∞'} → ${after.recoverySeconds ?? '∞'} s`,
        );
    }
    const { cost } = review;
    if (cost.items.length > 0)
      lines.push(
        `  Monthly cost of what changes: ${dollars(cost.before)} → ${dollars(cost.after)} (prices of ${PRICES_AS_OF})`,
      );
    for (const [why, addresses] of [
      ['no price in the table', cost.unpriced],
      ['a price that only the apply will tell', cost.unknown],
    ] as const)
      if (addresses.length > 0) lines.push(`  Not in the monthly cost, ${why}: ${visible(addresses.join(', '))}`);
    for (const { finding, by } of review.suppressed)
      lines.push(
        `  Suppressed until ${by.expires}: ${finding.severity} ${finding.rule} ${visible(finding.address)} (${visible(by.reason)})`,
      );
    for (const { address, about, answer } of review.questions)
      if (answer !== undefined) lines.push(`  Now: ${visible(`${address}: ${about}: ${answer}`)}`);
    for (const note of review.notes) lines.push(`  Note: ${visible(note)}`);
  }
  for (const { stack, rule, block, count } of since?.mended ?? [])
    lines.push(`  Mended since the last report: ${visible(`${stack}: ${rule} ${block}`)} (${group(count)})`);
  for (const note of policyNotes) lines.push(`  Policy: ${visible(note)}`);
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Lines to copy come without the quotes around them. */
const indented = (text: string) =>
  text
    .replace(/`([^`]*\n[^`]*)`/g, '$1')
    .split('\n')
    .map(visible)
    .join('\n         ');
