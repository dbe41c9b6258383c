/** A thing that messages are in or go through. */
export interface Node {
  readonly id: string;
  readonly name: string;
  /** What it is, in a word or two. */
  readonly kind: string;
}
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Where only failures go. */
  readonly dashed: boolean;
}

const [WIDTH, HEIGHT, ACROSS, DOWN, MARGIN] = [200, 52, 100, 30, 16];

/** The column of each node: one behind the last that leads to it. What leads back to where it came from is not followed. */
function columns(nodes: readonly Node[], arrows: readonly Arrow[]): Map<string, number> {
  const column = new Map(nodes.map(({ id }) => [id, 0]));
  const place = (id: string, at: number, way: readonly string[]): void => {
    if (way.includes(id) || (at > 0 && (column.get(id) ?? 0) >= at)) return;
    column.set(id, at);
    for (const { from, to } of arrows) if (from === id) place(to, at + 1, [...way, id]);
  };
  const fed = new Set(arrows.map(({ to }) => to));
  const first = nodes.filter(({ id }) => !fed.has(id));
  for (const { id } of first.length > 0 ? first : nodes.slice(0, 1)) place(id, 0, []);
  // What nothing leads to stands beside what it leads to.
  for (const { id } of first) {
    const behind = arrows.filter(({ from }) => from === id).map(({ to }) => column.get(to) ?? 0);
    column.set(id, Math.max(0, Math.min(...behind) - 1));
  }
  return column;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A place in a column: a node's, or where an arrow passes on its way to a column behind. */
interface Slot {
  readonly key: string;
  readonly at: number;
  /** Slots of the column before that lead here. */
  readonly before: readonly string[];
}

const passing = ({ from, to, label }: Arrow, at: number): string => `${from}|${to}|${label}|${at}`;

/** The row of each slot: beside what leads to it, as far as there is room. */
function rowsOf(
  nodes: readonly Node[],
  arrows: readonly Arrow[],
  column: ReadonlyMap<string, number>,
): Map<string, number> {
  const at = (id: string) => column.get(id) ?? 0;
  const long = arrows.filter(({ from, to }) => at(to) - at(from) > 1);
  const before = (arrow: Arrow, place: number) =>
    place - 1 === at(arrow.from) ? arrow.from : passing(arrow, place - 1);
  const slots: Slot[] = [
    ...nodes.map(({ id }) => ({
      ...{ key: id, at: at(id) },
      before: arrows.filter(({ from, to }) => to === id && at(from) < at(id)).map((arrow) => before(arrow, at(id))),
    })),
    ...long.flatMap((arrow) =>
      Array.from({ length: at(arrow.to) - at(arrow.from) - 1 }, (_, index) => at(arrow.from) + 1 + index).map(
        (place) => ({
          ...{ key: passing(arrow, place), at: place, before: [before(arrow, place)] },
        }),
      ),
    ),
  ];
  const rows = new Map<string, number>();
  for (let place = 0; place <= Math.max(...slots.map((slot) => slot.at)); place += 1) {
    const middle = (slot: Slot) =>
      slot.before.length === 0
        ? Number.MAX_SAFE_INTEGER
        : slot.before.reduce((sum, key) => sum + (rows.get(key) ?? 0), 0) / slot.before.length;
    slots
      .filter((slot) => slot.at === place)
      .sort((a, b) => middle(a) - middle(b) || (a.key < b.key ? -1 : 1))
      .forEach(({ key }, row) => {
        rows.set(key, row);
      });
  }
  return rows;
}

/** A graph as SVG, from left to right. The same graph gives the same bytes; colors follow the reader's light or dark. */
export function diagram(title: string, nodes: readonly Node[], arrows: readonly Arrow[]): string {
  const column = columns(nodes, arrows);
  const rows = rowsOf(nodes, arrows, column);
  const last = Math.max(...column.values());
  const at = (id: string) => column.get(id) ?? 0;
  const leftOf = (place: number) => MARGIN + place * (WIDTH + ACROSS);
  const left = (id: string) => leftOf(at(id));
  const top = (key: string) => MARGIN + (rows.get(key) ?? 0) * (HEIGHT + DOWN);
  const middle = (key: string) => top(key) + HEIGHT / 2;
  const width = 2 * MARGIN + (last + 1) * WIDTH + last * ACROSS;
  const height = 2 * MARGIN + (Math.max(...rows.values()) + 1) * (HEIGHT + DOWN);
  const curve = (x: number, y: number, toX: number, toY: number) =>
    `C${x + ACROSS / 2} ${y} ${toX - ACROSS / 2} ${toY} ${toX} ${toY}`;

  const drawnArrows = arrows.map((arrow) => {
    const { from, to, label, dashed } = arrow;
    const start = left(from) + WIDTH;
    let path: string;
    let [x, y] = [start + ACROSS / 2, 0];
    if (at(to) > at(from)) {
      path = `M${start} ${middle(from)}`;
      let [here, level] = [start, middle(from)];
      y = (level + middle(at(to) - at(from) > 1 ? passing(arrow, at(from) + 1) : to)) / 2 - 4;
      for (let place = at(from) + 1; place < at(to); place += 1) {
        const next = middle(passing(arrow, place));
        path += `${curve(here, level, leftOf(place), next)}H${leftOf(place) + WIDTH}`;
        [here, level] = [leftOf(place) + WIDTH, next];
      }
      path += curve(here, level, left(to), middle(to));
    } else {
      // Back, below both.
      const [a, b] = [left(from) + WIDTH / 2, left(to) + WIDTH / 2];
      const [low, end] = [top(from) + HEIGHT, top(to) + HEIGHT];
      path = `M${a} ${low}C${a} ${low + DOWN} ${b} ${end + DOWN} ${b} ${end}`;
      [x, y] = [(a + b) / 2, (low + end) / 2 + DOWN * 0.75];
    }
    return {
      line: `<path class="arrow${dashed ? ' dashed' : ''}" d="${path}" marker-end="url(#head)"/>`,
      label: `<text class="label" x="${x}" y="${y}">${escaped(label)}</text>`,
    };
  });
  const drawnNodes = nodes.map(
    ({ id, name, kind }) =>
      `<rect x="${left(id)}" y="${top(id)}" width="${WIDTH}" height="${HEIGHT}" rx="6"/><text class="name" x="${left(id) + WIDTH / 2}" y="${top(id) + 22}">${escaped(cut(name, 30))}</text><text class="kind" x="${left(id) + WIDTH / 2}" y="${top(id) + 40}">${escaped(kind)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{font:12px system-ui,sans-serif;text-anchor:middle;fill:#1f2328}.kind,.label{font-size:11px;fill:#59636e}.label{paint-order:stroke;stroke:#fff;stroke-width:4px}rect{fill:#f6f8fa;stroke:#59636e}.arrow{fill:none;stroke:#59636e;stroke-width:1.5}.dashed{stroke-dasharray:5 4}#head path{fill:#59636e}@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.kind,.label{fill:#9198a1}.label{stroke:#0d1117}rect{fill:#151b23;stroke:#9198a1}.arrow{stroke:#9198a1}#head path{fill:#9198a1}}</style>',
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker></defs>',
    ...drawnArrows.map(({ line }) => line),
    ...drawnNodes,
    ...drawnArrows.map(({ label }) => label),
    '</svg>\n',
  ].join('\n');
}
