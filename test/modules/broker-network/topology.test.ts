import fc from 'fast-check';
import { type Link, linksOf } from '../../../modules/broker-network';

const regions = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 6 });

test('every region knows of every other’s consumers: through a hub, and in a mesh that has lost any one line', () => {
  fc.assert(
    fc.property(regions, fc.nat(), fc.boolean(), (names, pick, mesh) => {
      const hub = names[pick % names.length] as string;
      const links = linksOf(names, mesh ? { kind: 'mesh' } : { kind: 'hub', hub });
      const knows = (from: string, to: string, cut?: Link) => {
        let reached = new Set([from]);
        const [first] = links;
        for (let bridge = 0; bridge < (first?.consumerTimeToLive ?? 0); bridge += 1) {
          const next = links
            .filter((link) => link !== cut)
            .flatMap(({ dials, answers }) => [
              ...(reached.has(dials) ? [answers] : []),
              ...(reached.has(answers) ? [dials] : []),
            ]);
          reached = new Set([...reached, ...next]);
        }
        return reached.has(to);
      };
      const others = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));
      for (const [from, to] of others) expect(knows(from, to)).toBe(true);
      if (!mesh || names.length === 2) return;
      for (const cut of links) for (const [from, to] of others) expect(knows(from, to, cut)).toBe(true);
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
