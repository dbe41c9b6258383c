import type { Arrivals, Trend } from '../../functions/desk/core/trend';
import { el, svg } from '../dom';
import { count, plural } from '../format';

const HEIGHT = 28;
const STEP = 6;

const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** How many letters of a group came, as bars with the same said in words. */
export const trendChart = ({ hours, days }: Trend): HTMLElement =>
  el('div', { class: 'trend' }, chart('24 hours', hours, hour), chart('14 days', days, day));

function chart(span: string, arrivals: readonly Arrivals[], format: Intl.DateTimeFormat): HTMLElement {
  const most = arrivals.reduce((a, b) => (b.letters > a.letters ? b : a), { from: '', letters: 0 });
  const total = arrivals.reduce((sum, { letters }) => sum + letters, 0);
  const width = arrivals.length * STEP;
  const bars = svg('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, 'aria-hidden': 'true' });
  arrivals.forEach(({ letters }, index) => {
    // One that came is seen, however many came at another time.
    const height = letters === 0 ? 1 : Math.max(3, Math.round((letters / most.letters) * HEIGHT));
    const bar = { x: index * STEP, y: HEIGHT - height, width: STEP - 1.5, height };
    bars.append(svg('rect', { ...bar, class: letters === 0 ? 'none' : 'some' }));
  });
  const peak = total > 0 ? `, most at ${format.format(new Date(most.from))}: ${count(most.letters)}` : '';
  return el('figure', {}, bars, el('figcaption', {}, `${plural(total, 'letter')} in ${span}${peak}`));
}
