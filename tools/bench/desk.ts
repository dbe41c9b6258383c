import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbDeskStore } from '../../functions/desk/aws/dynamodb-store';
import { deskPorts } from '../../functions/desk/aws/edges';
import { TABLE } from '../../functions/desk/contract';
import { Desk, type DeskPorts } from '../../functions/desk/core/desk';
import { keep } from '../../functions/desk/core/keep';
import { QueueOperations } from '../../functions/desk/core/operations';
import { planRelease, watchRelease } from '../../functions/desk/core/releases';
import { reconcile } from '../../functions/desk/core/run-release';
import { answer } from '../../functions/desk/dead-letter-api/routes';
import { NOTE } from '../../functions/runtime/note';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { table } from './measure';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:bench-dead';
const ADA = { name: 'ada', role: 'operator' } as const;
const GOAL_MS = 300;

export interface DeskScale {
  readonly letters: number;
  /** Letters of the group that is mended and sent again. */
  readonly mended: number;
}

/** The dead-letter desk on the emulator, with many letters in its table. */
export async function benchDesk(scale: DeskScale, progress: (message: string) => void): Promise<string> {
  const emulator = await startEmulator();
  try {
    return await measureOn(emulator, scale, progress);
  } finally {
    await emulator.stop();
  }
}

async function measureOn(
  { endpoint }: Emulator,
  { letters, mended }: DeskScale,
  progress: (message: string) => void,
): Promise<string> {
  const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const [dynamodb, sqs] = [new DynamoDBClient(settings), new SQSClient(settings)];
  await dynamodb.send(new CreateTableCommand(deskTable('desk')));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'bench' }));
  // A consumer that has done whatever was sent to it: what is measured is the desk.
  const ports: DeskPorts = {
    ...deskPorts({ dynamodb, lambda: new LambdaClient(settings), sqs: () => sqs }, { table: 'desk' }),
    ledger: async () => ({ status: 'done' }),
    canary: async () => 'green',
    canaryWord: async () => ({ colour: 'green' }),
  };
  const desk = new Desk(ports);
  const schema = { type: 'object', required: ['size'], properties: { size: { enum: ['small', 'large'] } } };
  await ports.store.settle({
    ...{ queue: QUEUE, sendTo: QueueUrl, idPath: 'id', schema },
    ledger: { table: 'ledger', scope: 'bench' },
    canary: 'canary',
  });
  const seeding = new Seeding(dynamodb);
  const store = new DynamoDbDeskStore(seeding as unknown as DynamoDBClient, 'desk');
  await keepAll(letters, mended, { ...ports, store }, progress);
  await seeding.end();
  const ask = async (path: string, body?: object) => {
    const { status, body: said } = await answer(
      { method: body ? 'POST' : 'GET', path, body: body && JSON.stringify(body) },
      { desk, operations: new QueueOperations(desk, { invoke: async () => null }), start: async () => {} },
      ADA,
    );
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(said)}`);
    // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is told by its route.
    return said as any;
  };
  const groups = await ask('/groups');
  const of = (errorClass: string) =>
    groups.find(({ cause }: { cause: { errorClass: string } }) => cause.errorClass.includes(errorClass)).id as string;
  const [large, small] = [of('price'), of('size')];
  let cursor: string | undefined;
  const rows = [
    await row('groups, with their verdicts', () => ask('/groups')),
    await row('first page of the largest group, 50 letters', () => ask(`/groups/${large}/letters`, {})),
    await row('the pages after it, one after the other', async () => {
      cursor = (await ask(`/groups/${large}/letters`, { after: cursor })).next;
    }),
    await row(
      'a text in the bodies, 100 letters at a time',
      () => ask(`/groups/${large}/letters`, { text: 'i-12345' }),
      10,
    ),
  ];
  progress('the pages are measured');
  const patch = '[{"op":"replace","path":"/size","value":"small"}]';
  const planned = await timed(() => planRelease(desk, ADA, { group: small, patch }));
  progress(`planned in ${planned.seconds.toFixed(1)} s`);
  const released = await timed(async () => {
    const { id } = await ask(`/groups/${small}/release`, { patch });
    let steps = 0;
    await reconcile(ports, {
      enough: () => false,
      wait: async () => {
        steps += 1;
        if (steps % 10 === 0) progress((await watchRelease(desk, ADA, id)).because);
      },
    });
    return watchRelease(desk, ADA, id);
  });
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  return [
    `${letters.toLocaleString('en')} dead letters in the table, on the emulator; the API's own code, called in this process. `,
    table(['what', 'median', 'p95', 'goal'], rows),
    `A change to ${mended.toLocaleString('en')} letters: the dry run of all of them took ${planned.seconds.toFixed(1)} s, mending and sending them in waves ${released.seconds.toFixed(0)} s (${(mended / released.seconds).toFixed(0)} a second): ${released.value.because}. Memory at the end: ${rss} MB.`,
  ].join('\n\n');
}

async function keepAll(
  letters: number,
  mended: number,
  ports: DeskPorts,
  progress: (message: string) => void,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < letters) {
      const number = next++;
      const wrong = number < mended ? 'size' : 'price';
      await keep(
        {
          ...{ id: `m-${number}`, source: QUEUE, sentAt: new Date(), receiveCount: 1 },
          body: JSON.stringify({ id: `i-${number}`, size: wrong === 'size' ? 'huge' : 'small', price: '1.10' }),
          attributes: {
            [NOTE]: {
              type: 'String',
              value: JSON.stringify({ reason: 'malformed', detail: `${wrong} is wrong`, path: wrong }),
            },
          },
        },
        ports,
      );
      if (number % 10_000 === 0) progress(`${number} kept`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** Writes what transactions would write, in batches and with the counts summed up: the same items, in minutes less. */
class Seeding {
  private puts: TransactWriteItem['Put'][] = [];
  private readonly counts = new Map<string, { update: NonNullable<TransactWriteItem['Update']>; times: number }>();

  constructor(private readonly client: DynamoDBClient) {}

  async send(command: { readonly input: object }): Promise<unknown> {
    if (!(command instanceof TransactWriteItemsCommand)) return this.client.send(command as never);
    for (const { Put, Update } of command.input.TransactItems ?? []) {
      if (Put) this.puts.push(Put);
      if (!Update) continue;
      const key = JSON.stringify(Update.Key);
      this.counts.set(key, { update: Update, times: (this.counts.get(key)?.times ?? 0) + 1 });
    }
    while (this.puts.length >= 25) await this.write(this.puts.splice(0, 25));
    return {};
  }

  async end(): Promise<void> {
    while (this.puts.length > 0) await this.write(this.puts.splice(0, 25));
    for (const { update, times } of this.counts.values()) {
      const values = { ...update.ExpressionAttributeValues, ':one': { N: String(times) } };
      await this.client.send(new UpdateItemCommand({ ...update, ExpressionAttributeValues: values }));
    }
  }

  private async write(puts: TransactWriteItem['Put'][]): Promise<void> {
    const requests = puts.map((put) => ({ PutRequest: { Item: put?.Item } }));
    await this.client.send(new BatchWriteItemCommand({ RequestItems: { desk: requests } }));
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { seconds: (performance.now() - started) / 1000, value };
}

async function row(what: string, work: () => Promise<unknown>, runs = 40): Promise<string[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push((await timed(work)).seconds * 1000);
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  const goal = `≤ ${GOAL_MS} ms, ${at(0.95) <= GOAL_MS ? 'met' : 'missed'}`;
  return [what, `${at(0.5).toFixed(0)} ms`, `${at(0.95).toFixed(0)} ms`, goal];
}

function deskTable(TableName: string) {
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const { hashKey, rangeKey, indexes } = TABLE;
  const names = [hashKey, rangeKey, ...indexes.flatMap((index) => [index.hashKey, index.rangeKey])];
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: keys(hashKey, rangeKey),
    AttributeDefinitions: [...new Set(names)].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keys(index.hashKey, index.rangeKey),
      Projection: { ProjectionType: 'ALL' as const },
    })),
  };
}
