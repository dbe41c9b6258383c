import { svg } from './dom';

/** Shapes that differ without their colour; drawn on a 16 × 16 grid, in the colour of the text around them. */
const PATHS = {
  check: 'M3 8.5 6.5 12 13 4.5',
  clock: 'M8 4v4l2.5 2M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z',
  retry: 'M13 4v3.5H9.5M13 7.5A5.3 5.3 0 1 0 12.2 11',
  pause: 'M5.5 3v10M10.5 3v10',
  person: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8ZM2.5 14c.6-3 2.8-4.3 5.5-4.3s4.9 1.3 5.5 4.3',
  cross: 'M4 4l8 8M12 4l-8 8',
  storm: 'M9 1.5 4 9h4l-1 5.5L12 7H8l1-5.5Z',
  calm: 'M1.5 9.5c1.6-2 3.2-2 4.8 0s3.2 2 4.8 0 2.4-1.7 3.4-.8M1.5 5.5c1.6-2 3.2-2 4.8 0s3.2 2 4.8 0 2.4-1.7 3.4-.8',
  release: 'M8 13V3M4 7l4-4 4 4',
  slow: 'M4 2h8M4 14h8M5 2c0 4 6 4 6 8v4M11 2c0 4-6 4-6 8v4',
  dice: 'M3 3h10v10H3ZM5.8 5.8h.01M10.2 10.2h.01M8 8h.01',
} as const;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): SVGSVGElement {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false', 'data-icon': name },
    svg('path', { d: PATHS[name] }),
  );
}
