import { type Shift, shifts } from '../../graph/shifts';
import { holds } from '../../graph/stateful';
import { list } from '../../plan/format';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/index-shifted',
  severity: 'critical',
  title: 'A list behind count shifted, so what stays is destroyed and made anew, empty',
  *check({ graph }) {
    for (const shift of shifts(graph)) {
      const [first] = shift.resources;
      const holder = first && holds(first);
      if (!first || !holder) continue;
      const names = shift.moves.map(({ name }) => name);
      yield {
        resource: first,
        severity: holder.severity,
        before: list(shift.moves.map(({ from, name }) => `${name} at ${from.address}`)),
        after: list(shift.moves.map(({ to, name }) => `${name} at ${to.address}`)),
        why: `An item was taken out of the list behind \`count\`, or put in before others, so that every index after it means another item. ${list(names)} ${names.length === 1 ? 'is' : 'are'} the same as before, but Terraform goes by the index: it destroys ${names.length === 1 ? 'it' : 'them'} and loses ${holder.lost}, each.`,
        action: `Use for_each with these names as keys instead of count, and write this beside it; the plan must then show no change to ${names.length === 1 ? 'it' : 'them'}:\n\`${movedBlocks(shift)}\``,
      };
    }
  },
};

const MOST_BLOCKS = 20;

/** From each index to a key: a move from one index to another that is still taken is none to Terraform. */
function movedBlocks({ moves }: Shift): string {
  const blocks = moves.map(({ from, to, name }) => {
    const position = differingIndex(from.address, to.address);
    const key = JSON.stringify(name);
    const old = from.address.slice(0, from.address.indexOf(']', position) + 1);
    return `moved {\n  from = ${old}\n  to   = ${from.address.slice(0, position)}${key}]\n}`;
  });
  const unique = [...new Set(blocks)];
  const more = unique.length > MOST_BLOCKS ? `\n# and ${unique.length - MOST_BLOCKS} more` : '';
  return `${unique.slice(0, MOST_BLOCKS).join('\n')}${more}`;
}

/** Where the index that moved begins: of a module, or of the resource itself. */
function differingIndex(one: string, other: string): number {
  let position = 0;
  while (one[position] === other[position] && position < one.length) position++;
  return one.lastIndexOf('[', position) + 1;
}
