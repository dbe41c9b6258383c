import { Unavailable } from 'spillway/runtime';
import { randomFrom } from '../histories';
import { SOURCES, type SourceUnderTest } from './sources';
import { type Kind, World } from './world';

interface Sent {
  readonly kind: Kind;
  readonly number: string;
  readonly key: string;
}

const KINDS: readonly Kind[] = ['good', 'good', 'good', 'good', 'refused', 'poison', 'killer', 'malformed'];
const KEYS = ['a', 'b', 'ключ с пробелами'];
/** What `strictOrder` of a `TieredQueue` comes to. */
const STRICT = { maxReceiveCount: 1000, receivesPerRound: 5 };

/**
 * One history of a source: messages of every kind, twice, in outages, with processes that die, answers that are lost, a breaker that opens and a queue that is out of reach; then all works and what is
 * parked is released until nothing is left.
 *
 * @returns what was wrong, in sentences
 */
export async function conforms(under: SourceUnderTest, seed: number): Promise<string[]> {
  const random = randomFrom(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const chance = (of: number) => random() < of;
  // Where SQS parks one of a group it goes on with the next: then order is promised until one is parked.
  const parks = !under.fifo || chance(0.3);
  const world = new World(under, {
    ...(parks ? { maxReceiveCount: pick([1, 2, 5]) } : STRICT),
    batchSize: pick([1, 3, 10]),
    random,
  });
  let stormy = true;
  const deaths = new Map<string, number>();
  const dies = (number: string) => {
    const before = deaths.get(number) ?? 0;
    // Three times in a row would rightly make poison of it.
    if (!stormy || before === 2 || !chance(0.1)) return false;
    deaths.set(number, before + 1);
    return true;
  };
  world.losesAnswer = () => stormy && chance(0.05);
  world.onWork = async (number, process, book) => {
    if (dies(number)) await world.die(number, process);
    if (stormy && chance(0.1)) throw new Unavailable('a hiccup');
    book();
    // Booked, and nobody hears of it.
    if (dies(number)) await world.die(number, process);
    if (stormy && chance(0.1)) throw new Unavailable('no answer');
  };
  const sent: Sent[] = [];
  for (let index = 0, count = 3 + Math.floor(random() * 12); index < count; index += 1) {
    const one = { kind: pick(KINDS), number: `n-${index}`, key: pick(KEYS) };
    sent.push(one);
    world.put(one.kind, one.number, one.key);
    if (chance(0.2)) world.put(one.kind, one.number, one.key);
    if (chance(0.3)) world.bankWorks = !world.bankWorks;
    if (chance(0.1)) world.setBreaker(pick(['open', 'closed']));
    if (chance(0.3)) world.sqsWorks = pick([() => true, () => false, () => chance(0.6)]);
    if (chance(0.6)) await world.deliver();
    world.wrong.push(...vanished(world, sent));
    if (chance(0.3)) world.advance(random() * 400);
    if (chance(0.1)) world.tiers.release();
  }
  stormy = false;
  world.sqsWorks = () => true;
  world.bankWorks = true;
  world.setBreaker('closed');
  await world.settle();
  for (let round = 0; round < 60 && world.tiers.parked.length > 0; round += 1) {
    world.advance(600);
    world.tiers.release();
    await world.settle();
  }
  return [...world.wrong, ...(await ends(world, sent)), ...(under.fifo && !parks ? disorder(world, sent) : [])];
}

/** The same of a source by its name. */
export function conformsByName(name: string, seed: number): Promise<string[]> {
  const under = SOURCES.find((source) => source.name === name);
  if (!under) throw new Error(`no source is called ${name}`);
  return conforms(under, seed);
}

/** Whatever is accepted is somewhere at any moment. */
function vanished({ log, tiers, booked }: World, sent: readonly Sent[]): string[] {
  const places = [...log, ...tiers.main, ...tiers.parked, ...tiers.repair].map(({ body }) => body).join('');
  return sent
    .filter(({ number }) => !booked.includes(number) && !places.includes(`"${number}"`))
    .map(({ number }) => `${number} is nowhere`);
}

async function ends({ tiers, ledger, booked }: World, sent: readonly Sent[]): Promise<string[]> {
  const wrong: string[] = [];
  if (tiers.parked.length > 0) wrong.push(`${tiers.parked.length} come back for ever`);
  for (const { kind, number } of sent) {
    const entry = await ledger.find(number);
    const inRepair = tiers.repair.some(({ body }) => body.includes(`"${number}"`));
    const isBooked = booked.includes(number);
    if (kind === 'good' && (entry?.status !== 'done' || !isBooked || inRepair))
      wrong.push(`${number} is ${entry?.status}, ${inRepair ? 'in repair' : 'not in repair'}: ${entry?.detail}`);
    if (kind !== 'good' && (!inRepair || isBooked || entry?.status !== 'repair'))
      wrong.push(`${number} (${kind}) is ${entry?.status}, ${inRepair ? 'in repair' : 'not in repair'}`);
  }
  return wrong;
}

/** Good messages of one key have to be booked as they were sent. */
function disorder({ booked }: World, sent: readonly Sent[]): string[] {
  return KEYS.flatMap((key) => {
    const expected = sent.filter((one) => one.key === key && one.kind === 'good').map(({ number }) => number);
    const actual = booked.filter((number) => expected.includes(number));
    return String(actual) === String(expected) ? [] : [`of key ${key} were booked ${actual}, sent ${expected}`];
  });
}
