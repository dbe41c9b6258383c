import { type Shift, shifts } from '../../graph/shifts';
import { holds } from '../../graph/stateful';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { typeOf } from '../../resources';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/index-shifted',
  severity: 'critical',
  title: 'A list behind count shifted, so what stays is destroyed and made anew, empty',
  *check({ graph }) {
    for (const shift of shifts(graph)) {
      const [first] = shift.resources;
      if (!first) continue;
      const holder = holds(first);
      const names = shift.moves.map(({ name }) => name);
      const [are, they, them] = names.length === 1 ? ['is', 'it', 'it'] : ['are', 'they', 'them'];
      const cause =
        'An item was taken out of the list behind `count`, or put in before others, so that every index after it means another item.';
      const action = 'Use for_each with names as keys instead of count';
      yield holder
        ? {
            resource: first,
            severity: holder.severity,
            before: list(shift.moves.map(({ from, name }) => `${name} at ${from.address}`)),
            after: list(shift.moves.map(({ to, name }) => `${name} at ${to.address}`)),
            why: `${cause} ${list(names)} ${are} the same as before, but Terraform goes by the index: it destroys ${them} and loses ${holder.lost}${names.length === 1 ? '' : ', each'}.${leaving(shift)}`,
            action: `${action}, and write this beside it; the plan must then show no change to ${them}:\n\`${movedBlocks(shift)}\``,
          }
        : {
            resource: first,
            ...(isRefused(first) ? { severity: 'medium' } : { severity: 'high' }),
            title: 'A list behind count shifted, so what stays is destroyed and made anew',
            before: list(shift.moves.map(({ from }) => from.address)),
            after: list(shift.moves.map(({ to }) => to.address)),
            why: `${cause} Terraform goes by the index: at each the old one is destroyed and that of its neighbour is made, and nothing orders the two. ${
              isRefused(first)
                ? `AWS refuses a second one while the old one is there, so the apply may stop half-way; in between ${they} ${are} missing.`
                : `What is made while the old one is there is written over it, and the destroy that follows takes it away: ${they} may be missing afterwards.`
            }${first.type === 'aws_cloudwatch_log_group' ? ' What was logged in them is deleted.' : ''}`,
            action: `${action}, with a \`moved\` block from each index to its key: then nothing changes for those that stay.`,
          };
    }
  },
};

const isRefused = ({ type }: Resource): boolean => typeOf(type)?.one?.created === 'refused';

/** What was taken out of the list is gone as well, and may have been meant to. */
const leaving = ({ leaving: left }: Shift): string =>
  left.length === 0
    ? ''
    : ` ${list(left.map(({ name }) => name))} ${left.length === 1 ? 'is' : 'are'} in the list no more and ${left.length === 1 ? 'goes' : 'go'} for good.`;

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
