import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbLedger, type Ledger } from 'spillway/runtime';
import { MemoryLedger } from 'spillway/testing';
import { randomFrom } from '../functions/runtime/histories';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
let client: DynamoDBClient;

beforeAll(async () => {
  client = on.client(DynamoDBClient);
  await client.send(
    new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
});

/** A client whose answers get lost, so that every write is made twice, as the SDK makes it: it asks again. */
function forgetful(random: () => number): DynamoDBClient {
  const send = async (command: never) => {
    if (random() < 0.5) await client.send(command).catch(() => {});
    return client.send(command);
  };
  return { send } as unknown as DynamoDBClient;
}

const said = (value: object): string =>
  JSON.stringify(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

const START = Date.UTC(2030, 0, 1);

/** One random history of an id, told to a ledger; what it answers, one line each. */
async function tell(ledger: Ledger, seed: number): Promise<string[]> {
  const random = randomFrom(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const id = `i-${seed}`;
  const answers: string[] = [];
  let claim = undefined as Parameters<Ledger['begin']>[0] | undefined;
  let clock = START;
  for (let step = 0; step < 14; step += 1) {
    clock += Math.floor(random() * 40_000);
    const now = new Date(clock);
    const sentAt = new Date(clock - Math.floor(random() * 60_000));
    const what = pick(['begin', 'begin', 'begin', 'finish', 'release', 'release', 'note', 'round', 'crash'] as const);
    const status = pick(['retrying', 'parked', 'repair'] as const);
    const fingerprint = pick(['a', 'a', 'a', 'b']);
    const sentAgain = random() < 0.15 ? pick(['x', 'y']) : undefined;
    const keyUnused = random() < 0.3;
    if (what === 'begin') {
      const wish = {
        id,
        owner: `owner-${step}`,
        fingerprint,
        sentAt,
        sentAgain,
        now,
        until: new Date(clock + 30_000),
        keep: { day: 'monday' },
      };
      const begun = await ledger.begin(wish);
      if (begun.state === 'claimed') claim = wish;
      answers.push(`begin ${said(begun)}`);
    } else if (what === 'note') {
      await ledger.note({ id, status, detail: 'noted', fingerprint, sentAt, now });
    } else if (claim) {
      if (what === 'finish') await ledger.finish(claim, { step }, now);
      if (what === 'release') await ledger.release(claim, { status, detail: 'later', now, keyUnused });
      if (what === 'round') answers.push(`round ${await ledger.countRound?.({ ...claim, sentAt, now })}`);
      if (what === 'crash') answers.push(`crash ${await ledger.countCrash?.(claim)}`);
    }
    answers.push(`${what}: ${said((await ledger.find(id)) ?? {})}`);
  }
  return answers;
}

test('the ledger in DynamoDB answers as the one in memory does, though the SDK asks twice: 100 histories', async () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const table = new DynamoDbLedger(forgetful(randomFrom(seed + 1)), { tableName: 'ledger', scope: 'test', days: 1 });
    expect(await tell(table, seed)).toEqual(await tell(new MemoryLedger(), seed));
  }
});

test('consumers of different scopes do not see each other', async () => {
  const of = (scope: string) => new DynamoDbLedger(client, { tableName: 'ledger', scope, days: 1 });
  await of('one').note({
    id: 'i',
    status: 'parked',
    detail: '',
    fingerprint: 'a',
    sentAt: new Date(START),
    now: new Date(START),
  });
  expect(await of('one').find('i')).toMatchObject({ id: 'i', status: 'parked' });
  expect(await of('two').find('i')).toBeUndefined();
});
