import { seeds } from '../histories';
import { conforms } from './conforms';
import { SOURCES } from './sources';
import { World } from './world';

/** Of those with order, seven in ten are judged by it: more than 1,000 over the five sources that promise it. */
const HISTORIES = { ordered: 370, unordered: 100 };

describe.each(SOURCES)('$name', (under) => {
  const play = (...sent: readonly (readonly [kind: Parameters<World['put']>[0], key: string])[]) => {
    const world = new World(under);
    for (const [index, [kind, key]] of sent.entries()) world.put(kind, `n-${index + 1}`, key);
    return world;
  };

  test('one poison message takes no other of its batch along', async () => {
    const world = play(['good', 'a'], ['poison', 'b'], ['good', 'c']);
    await world.settle();
    expect(world.booked.toSorted()).toEqual(['n-1', 'n-3']);
    expect(world.tiers.parked).toHaveLength(1);
  });

  test('what fails through three releases while others work is in repair, as it was sent', async () => {
    const world = play(['poison', 'a']);
    await world.settle();
    for (let round = 0; round < 4; round += 1) {
      world.advance(600);
      world.tiers.release();
      await world.settle();
    }
    expect(world.tiers.repair).toMatchObject([{ reason: 'poison', body: expect.stringContaining('"n-1"') }]);
  });

  test('what is malformed or refused is in repair at once, and holds up nothing', async () => {
    const world = play(['malformed', 'a'], ['refused', 'a'], ['good', 'a']);
    await world.settle();
    expect(world.tiers.repair.map(({ reason }) => reason)).toEqual(['malformed', 'refused']);
    expect(world.booked).toEqual(['n-3']);
    expect(world.tiers.parked).toHaveLength(0);
  });

  test('an outage parks, and a release after it does the work once', async () => {
    const world = play(['good', 'a'], ['good', 'b'], ['good', 'c']);
    world.bankWorks = false;
    await world.settle();
    expect(world.tiers.parked).toHaveLength(3);
    world.bankWorks = true;
    world.setBreaker('closed');
    world.tiers.release();
    await world.settle();
    expect(world.booked.toSorted()).toEqual(['n-1', 'n-2', 'n-3']);
    expect([...world.tiers.parked, ...world.wrong]).toEqual([]);
  });

  test('while the breaker is open nobody is asked and nothing is lost', async () => {
    const world = play(['good', 'a'], ['good', 'b']);
    world.setBreaker('open');
    await world.settle();
    expect([world.calls, world.tiers.parked.length]).toEqual([0, 2]);
    world.setBreaker('closed');
    world.tiers.release();
    await world.settle();
    expect(world.booked.toSorted()).toEqual(['n-1', 'n-2']);
  });

  test('a process that dies in mid-batch loses nothing and repeats nothing', async () => {
    const world = play(['good', 'a'], ['good', 'b'], ['good', 'c']);
    let deaths = 0;
    world.onWork = async (number, process, book) => {
      book();
      if (number === 'n-2' && deaths === 0) {
        deaths += 1;
        await world.die(number, process);
      }
    };
    await world.settle();
    expect(deaths).toBe(1);
    expect(world.booked.toSorted()).toEqual(['n-1', 'n-2', 'n-3']);
    expect(world.wrong).toEqual([]);
  });

  test('a message that kills its process every time is in repair, and its neighbours are done', async () => {
    const world = play(['good', 'a'], ['killer', 'b'], ['good', 'c']);
    await world.settle();
    for (let round = 0; round < 6 && world.tiers.parked.length > 0; round += 1) {
      world.tiers.release();
      await world.settle();
    }
    expect(world.tiers.repair).toMatchObject([{ reason: 'poison', body: expect.stringContaining('"n-2"') }]);
    expect(world.booked.toSorted()).toEqual(['n-1', 'n-3']);
  });

  test('an answer that is lost makes a duplicate, and no second effect', async () => {
    const world = play(['good', 'a'], ['good', 'b']);
    let lost = 0;
    world.losesAnswer = () => {
      lost += 1;
      return lost <= 2;
    };
    await world.settle();
    expect(world.calls).toBe(2);
    expect(world.wrong).toEqual([]);
  });

  if (under.beside)
    test('what cannot even be handed over comes again from the source', async () => {
      const world = play(['good', 'a'], ['good', 'a']);
      world.bankWorks = false;
      world.sqsWorks = () => false;
      await world.deliver();
      expect([world.tiers.main.length, world.log.length]).toEqual([0, 2]);
      world.sqsWorks = () => true;
      world.bankWorks = true;
      await world.settle();
      expect(world.booked).toEqual(['n-1', 'n-2']);
    });

  const histories = under.fifo ? HISTORIES.ordered : HISTORIES.unordered;
  test(`${histories} histories end every message once${under.fifo ? ', and keep the order of its key' : ''}`, async () => {
    for (const seed of seeds(0, histories))
      expect({ seed, wrong: await conforms(under, seed) }).toEqual({ seed, wrong: [] });
  }, 120_000);
});
