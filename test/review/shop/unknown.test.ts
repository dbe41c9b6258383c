import fc from 'fast-check';
import { headlines, reviewOf } from '../plan-files';
import { Shop } from './shop';

/** What a plan says when something is there only before: none of it may come from a value that is not known yet. */
const CERTAIN_ONLY = /loss\/(?!filter)|stop\/(?!cluster-rolling|broker-restart)|storm\/|blind\/|exposure\//;

test('attributes of any resource that become unknown are read as gone, closed or refused nowhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom(...new Shop().addresses), { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.boolean()),
      async (touched, random) => {
        const changed = new Shop();
        for (const address of touched) {
          const unknown = Object.keys(changed.of(address)).filter(() => random.next().value === true);
          changed.update(address, {}, Object.fromEntries(unknown.map((attribute) => [attribute, true])));
        }
        const found = headlines(await reviewOf(changed.plan())).filter((line) => CERTAIN_ONLY.test(line));
        expect({ touched, found }).toEqual({ touched, found: [] });
      },
    ),
    { numRuns: 300 },
  );
});
