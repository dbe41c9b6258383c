import uPlot from 'uplot';
import { el, setText, svg } from '../dom';
import { count, seconds } from '../format';
import type { Snapshot } from '../wire';
import { type Graph, type Line, table, top } from './series';

const HEIGHT = 110;

/** Lines differ by dash as well as by colour, so that they can be told apart without it. */
const DASHES: Readonly<Record<string, readonly number[]>> = { parked: [6, 3], repair: [2, 3], done: [6, 3] };

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export interface GraphView {
  readonly element: HTMLElement;
  show(kept: readonly Snapshot[]): void;
}

export function buildGraph(graph: Graph, lane: string, lines: readonly Line[]): GraphView {
  const values = lines.map(() => el('b', {}, '–'));
  const legend = el(
    'ul',
    { class: 'legend' },
    ...lines.map(({ key, label }, index) => el('li', {}, swatch(key), values[index], ` ${label}`)),
  );
  const canvas = el('div', { class: 'canvas', role: 'img' });
  const element = el('figure', { class: 'graph' }, el('figcaption', {}, graph.title), legend, canvas);
  let kept: readonly Snapshot[] = [];
  let data: (number | null)[][] = [[], ...lines.map(() => [])];

  const plot = new uPlot(
    {
      width: 200,
      height: HEIGHT,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: graph.key }, drag: { setScale: false, x: false, y: false }, y: false },
      scales: {
        x: { range: (_, from, to) => [Math.min(from, to - 120), to] },
        y: { range: () => [0, top(kept, graph.lines)] },
      },
      axes: [
        {
          stroke: () => colour('muted'),
          grid: { show: false },
          ticks: { show: false },
          size: 22,
          space: 64,
          incrs: [60, 120, 300, 600],
          values: (_, times) => times.map((time) => clock.format(time * 1000)),
          font: '11px system-ui',
        },
        {
          stroke: () => colour('muted'),
          grid: { stroke: () => colour('line'), width: 1 },
          ticks: { show: false },
          size: 38,
          space: 20,
          font: '11px system-ui',
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 1_000_000],
        },
      ],
      series: [
        {},
        ...lines.map(({ key }) => ({
          stroke: () => colour(key),
          width: 2,
          dash: [...(DASHES[key] ?? [])],
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => read(cursor.idx ?? undefined)] },
    },
    data as uPlot.AlignedData,
    canvas,
  );
  new ResizeObserver(([entry]) => {
    if (entry) plot.setSize({ width: Math.max(120, Math.floor(entry.contentRect.width)), height: HEIGHT });
  }).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());

  /** The legend says the values under the pointer, or the latest. */
  const read = (index = kept.length - 1) => {
    lines.forEach(({ key }, at) => {
      const value = data[at + 1]?.[index];
      const cell = values[at];
      if (cell) setText(cell, value == null ? '–' : key === 'wasted' ? seconds(value) : count(value));
    });
  };
  return {
    element,
    show: (snapshots) => {
      kept = snapshots;
      data = table(kept, lane, lines);
      plot.setData(data as uPlot.AlignedData);
      read(plot.cursor.idx ?? undefined);
      const latest = lines.map(({ label }, at) => `${label} ${values[at]?.textContent}`);
      canvas.setAttribute('aria-label', `${graph.title}: ${latest.join(', ')}`);
    },
  };
}

function swatch(key: string): SVGSVGElement {
  const dash = DASHES[key]?.join(' ');
  return svg(
    'svg',
    { class: `swatch ${key}`, viewBox: '0 0 22 6', 'aria-hidden': 'true' },
    svg('path', { d: 'M0 3h22', 'stroke-dasharray': dash }),
  );
}
