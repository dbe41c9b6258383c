import fc from 'fast-check';
import { linksOf } from '../../../modules/broker-network';

const regions = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 6 });

test('every region reaches every other: in a mesh by one bridge, through a hub by two', () => {
  fc.assert(
    fc.property(regions, fc.nat(), fc.boolean(), (names, pick, mesh) => {
      const hub = names[pick % names.length] as string;
      const links = linksOf(names, mesh ? { kind: 'mesh' } : { kind: 'hub', hub });
      const near = (one: string) =>
        links.flatMap(({ dials, answers }) => (dials === one ? [answers] : answers === one ? [dials] : []));
      for (const from of names) {
        const reached = new Set(mesh ? near(from) : near(from).flatMap((next) => [next, ...near(next)]));
        for (const to of names) if (to !== from) expect(reached.has(to)).toBe(true);
      }
      for (const { consumerTimeToLive } of links) expect(consumerTimeToLive).toBe(mesh ? 1 : 2);
    }),
  );
});

test('each link is declared once, and the lower name dials: waiting for an address has no cycle', () => {
  fc.assert(
    fc.property(regions, (names) => {
      const links = linksOf(names);
      expect(links).toHaveLength((names.length * (names.length - 1)) / 2);
      expect(links.every(({ dials, answers }) => dials < answers)).toBe(true);
    }),
  );
});

test.each([
  [['a'], undefined, /two or more/],
  [['a', 'a'], undefined, /two or more/],
  [['a', 'b'], { kind: 'hub', hub: 'c' } as const, /none of a, b/],
])('%j is refused', (names, topology, message) => {
  expect(() => linksOf(names, topology)).toThrow(message);
});
