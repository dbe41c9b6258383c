import type { PictureEdge, PictureNode, SagaPicture } from './saga-picture';

const BOX = { width: 140, height: 46 };
const GAP = { x: 36, y: 30 };
const MARGIN = 14;

/** A sign beside the word, so that colour is never the only difference. */
const SIGN = { pending: '○', running: '◐', done: '✓', failed: '✕', compensated: '↩' } as const;

/**
 * Draws a saga. Everything is told in text as well: the whole in `<desc>`, each step in a `<title>`. Colours come from the page's style sheet by
 * class (`saga-node`, `is-done`, `saga-edge`, …); without one it is drawn in the text's colour.
 */
export function sagaSvg(picture: SagaPicture, id = 'saga'): string {
  const width = 2 * MARGIN + picture.columns * (BOX.width + GAP.x) - GAP.x;
  const height = 2 * MARGIN + picture.rows * (BOX.height + GAP.y) - GAP.y;
  const at = new Map(picture.nodes.map((node) => [node.name, node]));
  const name = escapeText(id);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="saga-picture" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` role="img" aria-labelledby="${name}-title ${name}-text" fill="none" stroke="currentColor">`,
    `<title id="${name}-title">Saga</title><desc id="${name}-text">${escapeText(picture.text)}</desc>`,
    `<defs><marker id="${name}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">`,
    '<path d="M0 0 8 4 0 8z" fill="currentColor" stroke="none"/></marker></defs>',
    ...picture.edges.map((edge) => drawEdge(edge, at, name)),
    ...picture.nodes.map(drawNode),
    '</svg>',
  ].join('');
}

const left = ({ column }: PictureNode) => MARGIN + column * (BOX.width + GAP.x);
const top = ({ row }: PictureNode) => MARGIN + row * (BOX.height + GAP.y);

function drawNode(node: PictureNode): string {
  const { name, kind, state, parked } = node;
  const word = parked ? 'parked' : state;
  const x = left(node);
  const y = top(node);
  const dash = state === 'pending' ? ' stroke-dasharray="3 3"' : '';
  const radius = kind === 'end' ? BOX.height / 2 : 8;
  const sign = parked ? '‖' : SIGN[state];
  return [
    `<g class="saga-node is-${kind} is-${word}" data-state="${escapeText(name)}"><title>${escapeText(`${name}: ${word}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="${radius}" stroke-width="${state === 'running' ? 2.5 : 1.5}"${dash}/>`,
    `<text x="${x + BOX.width / 2}" y="${y + 19}" text-anchor="middle" font-size="13" fill="currentColor" stroke="none">${escapeText(shorten(name))}</text>`,
    `<text x="${x + BOX.width / 2}" y="${y + 36}" text-anchor="middle" font-size="11" fill="currentColor" stroke="none">${sign} ${word}</text></g>`,
  ].join('');
}

function drawEdge({ from, to, kind }: PictureEdge, at: ReadonlyMap<string, PictureNode>, id: string): string {
  const start = at.get(from);
  const end = at.get(to);
  if (!start || !end) return '';
  const dash = kind === 'next' ? '' : ' stroke-dasharray="5 3"';
  return `<path class="saga-edge is-${kind}" d="${line(start, end)}" stroke-width="1.2"${dash} marker-end="url(#${id}-arrow)"/>`;
}

/** From the side of a box that faces the other: straight where they are in line, else bent. */
function line(start: PictureNode, end: PictureNode): string {
  const [x1, y1, x2, y2] = [left(start), top(start), left(end), top(end)];
  const middle = BOX.width / 2;
  if (start.row === end.row) {
    const forward = start.column < end.column;
    const y = y1 + BOX.height / 2;
    return `M${forward ? x1 + BOX.width : x1} ${y}H${forward ? x2 : x2 + BOX.width}`;
  }
  const down = start.row < end.row;
  const fromY = down ? y1 + BOX.height : y1;
  const toY = down ? y2 : y2 + BOX.height;
  // Past a neighbour's row in the same column: around it, or the line would cross its box.
  if (start.column === end.column && Math.abs(start.row - end.row) > 1) {
    const side = x1 + BOX.width + GAP.x / 3;
    return `M${x1 + BOX.width} ${y1 + BOX.height / 2}H${side}V${y2 + BOX.height / 2}H${x2 + BOX.width}`;
  }
  if (start.column === end.column) return `M${x1 + middle} ${fromY}V${toY}`;
  // From the first column down past other steps: along the margin.
  if (down && start.column === 0 && end.row - start.row > 1) {
    return `M${x1} ${y1 + BOX.height / 2}H${x1 - MARGIN / 2}V${y2 + BOX.height / 2}H${x2}`;
  }
  const half = (fromY + toY) / 2;
  // Beside the middle, where the straight ones arrive and leave.
  const [fromX, toX] = x1 < x2 ? [x1 + BOX.width - 24, x2 + 24] : [x1 + 24, x2 + BOX.width - 24];
  return `M${fromX} ${fromY}C${fromX} ${half} ${toX} ${half} ${toX} ${toY}`;
}

const shorten = (name: string) => (name.length > 19 ? `${name.slice(0, 18)}…` : name);

const escapeText = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
