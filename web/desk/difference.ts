import { diffLines, diffWordsWithSpace } from 'diff';
import { el } from '../dom';
import { readable } from './layout';

/** Lines around a change that are shown with it. */
const AROUND = 2;

/** What a change does to a body, line by line; within a line that was changed, the words. Said in signs and words as well as in colours. */
export function difference(before: string, after: string): HTMLElement {
  const parts = diffLines(readable(before), readable(after));
  if (parts.every(({ added, removed }) => !added && !removed)) {
    return el('p', { class: 'muted' }, before === after ? 'Nothing is changed.' : 'Only the layout is changed.');
  }
  const list = el('ol', { class: 'difference', 'aria-label': 'Changes' });
  parts.forEach(({ value, added, removed }, index) => {
    const [previous, next] = [parts[index - 1], parts[index + 1]];
    if (removed) list.append(changed('removed', value, next?.added ? next.value : undefined));
    else if (added) list.append(changed('added', value, previous?.removed ? previous.value : undefined));
    else list.append(...unchanged(value, { first: index === 0, last: index === parts.length - 1 }));
  });
  return list;
}

function changed(kind: 'added' | 'removed', text: string, other: string | undefined): HTMLElement {
  const line = el('li', { class: kind }, el('span', { class: 'sign' }, kind === 'added' ? '+' : '−'));
  line.append(el('span', { class: 'quiet' }, `${kind}: `));
  const code = el('code', {});
  if (other === undefined) code.append(trimmed(text));
  else {
    const words =
      kind === 'added'
        ? diffWordsWithSpace(trimmed(other), trimmed(text))
        : diffWordsWithSpace(trimmed(text), trimmed(other));
    for (const { value, added, removed } of words) {
      if (kind === 'added' ? removed : added) continue;
      code.append(added || removed ? el('mark', {}, value) : value);
    }
  }
  line.append(code);
  return line;
}

/** A few lines at each side of a change; what lies between is counted. */
function unchanged(text: string, { first, last }: { readonly first: boolean; readonly last: boolean }): HTMLElement[] {
  const lines = trimmed(text).split('\n');
  const plain = (shown: readonly string[]) =>
    shown.length > 0 ? [el('li', {}, el('span', { class: 'sign' }, ' '), el('code', {}, shown.join('\n')))] : [];
  const head = first ? 0 : AROUND;
  const tail = last ? 0 : AROUND;
  if (lines.length <= head + tail + 1) return plain(lines);
  const hidden = lines.length - head - tail;
  return [
    ...plain(lines.slice(0, head)),
    el('li', { class: 'muted' }, el('span', { class: 'sign' }, '⋯'), `${hidden} lines as they are`),
    ...plain(tail === 0 ? [] : lines.slice(-tail)),
  ];
}

const trimmed = (text: string) => text.replace(/\n$/, '');
