import { group } from '../plan/format';

/** A piece of the report that is kept, shortened or cut as a whole. The higher the rank, the earlier it goes. */
export interface Block {
  readonly text: string;
  /** What stands there when it must be short, before it is cut. */
  readonly brief?: string;
  readonly rank: number;
  /** What it is called when it is cut, one of them and several. */
  readonly what: readonly [one: string, several: string];
}
export interface Section {
  /** Stays when all its blocks are cut. */
  readonly always?: true;
  readonly open: string;
  readonly blocks: readonly Block[];
  readonly close: string;
}

/** The sections in at most so many characters; what had to go is said at the end. */
export function fit(sections: readonly Section[], limit: number): string {
  const blocks = sections.flatMap((section) => section.blocks);
  const kept = new Map(blocks.map((block) => [block, block.text]));
  const sectionOf = new Map(sections.flatMap((section) => section.blocks.map((block) => [block, section] as const)));
  const cut = new Map<string, { several: string; count: number }>();
  const render = () => layOut(sections, kept) + cutNote(cut);
  let text = render();
  let size = text.length;
  /** Whether it fits, by the sizes of what is left; laid out, with what is said of the cut, only when it may. */
  const fits = () => {
    if (size > limit) return false;
    text = render();
    size = text.length;
    return size <= limit;
  };
  const change = (block: Block, to: string) => {
    size += to.length - (kept.get(block) ?? '').length;
    if (to !== '') {
      kept.set(block, to);
      return;
    }
    kept.delete(block);
    const section = sectionOf.get(block) as Section;
    if (section.always || section.blocks.some((other) => kept.has(other))) return;
    size -= section.open.length + section.close.length + 1;
  };
  for (const { least, shorten } of passes(blocks)) {
    for (const block of least) {
      if (fits()) return text;
      if (shorten && block.brief !== undefined) change(block, block.brief);
      if (shorten) continue;
      change(block, '');
      const [one, several] = block.what;
      cut.set(one, { several, count: (cut.get(one)?.count ?? 0) + 1 });
    }
  }
  return render();
}

/** What has no short form goes first, then what has one is shortened, and cut only where that is not enough. */
function passes(blocks: readonly Block[]): { least: Block[]; shorten: boolean }[] {
  const leastFirst = [...blocks].reverse().sort((a, b) => b.rank - a.rank);
  const short = leastFirst.filter(({ brief }) => brief !== undefined);
  return [
    { least: leastFirst.filter(({ brief }) => brief === undefined), shorten: false },
    { least: short, shorten: true },
    { least: short, shorten: false },
  ];
}

function layOut(sections: readonly Section[], kept: ReadonlyMap<Block, string>): string {
  return sections
    .filter((section) => section.always || section.blocks.some((block) => kept.has(block)))
    .map(({ open, blocks, close }) => `${open}${blocks.map((block) => kept.get(block) ?? '').join('')}${close}`)
    .join('\n');
}

function cutNote(cut: ReadonlyMap<string, { several: string; count: number }>): string {
  if (cut.size === 0) return '';
  const said = [...cut].map(([one, { several, count }]) => `${group(count)} ${count === 1 ? one : several}`).join(', ');
  return `\n> ✂️ Cut to fit a comment: ${said}. \`--format terminal\` prints the whole report.\n`;
}
