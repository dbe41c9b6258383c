import { consumer, defineConsumer, Internal, Refused, Unavailable } from 'spillway/runtime';
import { Line } from 'spillway/testing';
import * as z from 'zod/mini';

/** Repeatable numbers from 0 up to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const seeds = (part: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => part * size + index);

const contract = defineConsumer({
  name: 'invoices',
  message: z.object({ number: z.string(), kind: z.string(), cents: z.int() }),
  id: 'number',
});

/** What a sender may send, and where each has to end when everything works again. */
const KINDS = ['good', 'good', 'good', 'good', 'refused', 'poison', 'killer', 'malformed'] as const;
type Kind = (typeof KINDS)[number];

/** A bank as a real one is: it books a key once, may book and lose its answer, and forgets nothing. */
class Bank {
  works = true;
  readonly booked = new Map<string, number>();
  /** Calls while it was down. */
  calls = 0;
  book(key: string): void {
    this.booked.set(key, (this.booked.get(key) ?? 0) + 1);
  }
}

/**
 * Plays one history: messages of every kind, twice, out of order, in outages, with processes that die between any two steps; then everything works, and what is parked is released until
 * nothing is left. Judged by what a customer and the person at night see, never by the code's own words.
 *
 * @returns what was wrong, in sentences
 */
export async function history(seed: number): Promise<string[]> {
  const random = randomFrom(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const chance = (of: number) => random() < of;
  const bank = new Bank();
  const fifo = chance(0.3);
  let stormy = true;
  const attempts = new Map<string, number>();
  const underWay = new Set<string>();
  const wrong: string[] = [];
  /** Of FIFO messages: their groups, and the groups in which one has failed in this invocation. */
  const groups = new Map<string, string>();
  const failedGroups = new Set<string>();
  const begin = () => {
    underWay.clear();
    failedGroups.clear();
  };
  // Three times in a row would rightly make poison of it.
  const deaths = new Map<string, number>();
  const dies = (number: string, of: number): boolean => {
    const before = deaths.get(number) ?? 0;
    if (!stormy || before === 2 || !chance(of)) return false;
    deaths.set(number, before + 1);
    return true;
  };
  let kill: () => Promise<never> = () => new Promise(() => {});
  const handler = consumer(contract, {
    concurrency: pick([1, 3, 10]),
    async work({ number, kind }, { idempotencyKey }): Promise<unknown> {
      if (underWay.has(number)) wrong.push(`${number} is worked on twice at once`);
      underWay.add(number);
      if (line.handled.some(({ id, outcome }) => id === number && outcome.kind === 'done')) {
        wrong.push(`${number} is worked on although it is done`);
      }
      const group = groups.get(number);
      if (group && failedGroups.has(group)) wrong.push(`${number} goes past one of its group`);
      try {
        attempts.set(number, (attempts.get(number) ?? 0) + 1);
        await Promise.resolve();
        if (kind === 'killer') return await kill();
        if (dies(number, 0.1)) return await kill();
        if (!bank.works) {
          bank.calls += 1;
          throw chance(0.2)
            ? new Refused('the key has expired')
            : new Unavailable('503', chance(0.3) ? { retryAfter: 30 } : {});
        }
        if (kind === 'refused') throw new Refused('no such account');
        if (kind === 'poison') throw chance(0.5) ? new Unavailable('503') : new Internal('a bug');
        if (stormy && chance(0.1)) throw new Unavailable('a hiccup');
        if (!bank.booked.has(idempotencyKey)) bank.book(idempotencyKey);
        // Booked, and nobody hears of it.
        if (dies(number, 0.15)) return await kill();
        if (stormy && chance(0.1)) throw new Unavailable('no answer in 5000 ms');
        return { transfer: idempotencyKey };
      } catch (error) {
        // What goes to repair lets its group go on.
        if (group && kind === 'good') failedGroups.add(group);
        throw error;
      } finally {
        underWay.delete(number);
      }
    },
  });
  const line = new Line(handler, {
    canary: () => bank.works,
    fifo,
    random,
    maxReceiveCount: pick([1, 3, 5]),
    batchSize: pick([1, 3, 10]),
  });

  kill = () => line.kill();
  const sent = new Map<string, Kind>();
  const count = 3 + Math.floor(random() * 12);
  for (let index = 0; index < count; index += 1) {
    const kind = pick(KINDS);
    const number = `${kind}-${index}`;
    sent.set(number, kind);
    const content = kind === 'malformed' ? { number, kind, cents: 'many' } : { number, kind, cents: index };
    const options = fifo ? { group: pick(['a', 'b']) } : {};
    if (options.group) groups.set(number, options.group);
    for (let copies = chance(0.3) ? 2 : 1; copies > 0; copies -= 1) line.send(content, options);
    if (chance(0.3)) bank.works = !bank.works;
    begin();
    if (chance(0.5)) await line.deliver();
    if (chance(0.3)) line.advance(random() * 400);
    if (chance(0.1)) line.release();
  }
  await settle(line, begin);

  // An outage that outlasts many releases.
  if (chance(0.2)) {
    bank.works = false;
    for (let round = 0; round < 5; round += 1) {
      line.advance(600);
      line.release();
      await settle(line, begin);
    }
  }

  // The storm is over.
  stormy = false;
  bank.works = true;
  for (let round = 0; round < 60 && (line.parked.length > 0 || line.waiting.length > 0); round += 1) {
    line.advance(600);
    line.release();
    await settle(line, begin);
  }

  for (const [number, kind] of sent) {
    const entry = await line.find(number);
    const inRepair = line.repair.filter(({ body }) => body.includes(`"${number}"`)).length;
    const times = bank.booked.get(number) ?? 0;
    if (kind === 'good') {
      if (entry?.status !== 'done') wrong.push(`${number} is ${entry?.status} in the end: ${entry?.detail}`);
      if (times !== 1) wrong.push(`${number} was booked ${times} times`);
      if (inRepair > 0) wrong.push(`${number} is fine and in repair: ${entry?.detail}`);
    } else {
      if (entry?.status !== 'repair')
        wrong.push(`${number} is ${entry?.status} in the end, not in repair: ${entry?.detail}`);
      if (inRepair === 0) wrong.push(`${number} is lost: it is in no queue`);
      if (times > 0) wrong.push(`${number} was booked`);
    }
  }
  if (line.parked.length > 0) wrong.push(`${line.parked.length} come back for ever`);
  return wrong;
}

async function settle(line: Line, begin: () => void): Promise<void> {
  for (let deliveries = 0; line.waiting.length > 0; deliveries += 1) {
    if (deliveries > 3000) throw new Error(`${line.waiting.length} messages still come back after 3,000 invocations`);
    begin();
    if (!(await line.deliver())) line.advance(5);
  }
}
