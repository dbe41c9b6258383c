import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { median, table } from './measure';

/**
 * Microseconds of processor time a record, for handlers that are given records of one source which parse and succeed: without any work, and with one write to DynamoDB each.
 * Without work, all but `raw` remember what they have done, in memory; with it, none does.
 */
const PER_RECORD = `
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { consumer, defineConsumer, kafka, kinesis } from '../../../functions/runtime';
import { MemoryLedger } from '../../../functions/runtime/ledger/memory-ledger';

const SIZE = 100;
let count = 0;
const text = () => { count += 1; return JSON.stringify({ invoiceNumber: 'invoice-' + count, iban: 'DE89370400440532013000', cents: 4200 }); };
const base64 = (body: string) => Buffer.from(body).toString('base64');
const many = (record: () => unknown) => Array.from({ length: SIZE }, record);
const EVENTS: Record<string, () => any> = {
  SQS: () => ({ Records: many(() => ({ messageId: 'm' + count, receiptHandle: 'h', body: text(), attributes: { SentTimestamp: '1769860800000', ApproximateReceiveCount: '1' }, messageAttributes: {}, eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:invoices', awsRegion: 'us-east-1', md5OfBody: '' })) }),
  Kinesis: () => ({ Records: many(() => ({ eventID: 'shardId-000000000000:' + count, eventSource: 'aws:kinesis', eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/invoices', kinesis: { partitionKey: 'key-' + count, sequenceNumber: String(count), data: base64(text()), approximateArrivalTimestamp: 1769860800 } })) }),
  Kafka: () => ({ eventSource: 'aws:kafka', eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/invoices/1', records: { 'invoices-0': many(() => ({ topic: 'invoices', partition: 0, offset: count, timestamp: 1769860800000, timestampType: 'CREATE_TIME', key: base64('key-' + count), value: base64(text()), headers: [] })) } }),
};
const bodyOf: Record<string, (record: any) => unknown> = {
  SQS: ({ body }) => JSON.parse(body),
  Kinesis: ({ kinesis: { data } }) => JSON.parse(Buffer.from(data, 'base64').toString('utf8')),
  Kafka: ({ value }) => JSON.parse(Buffer.from(value, 'base64').toString('utf8')),
};
const recordsOf = (event: any): any[] => event.Records ?? Object.values(event.records).flat();
const message = v.object({ invoiceNumber: v.string(), iban: v.string(), cents: v.number() });
const context = { getRemainingTimeInMillis: () => 300_000, awsRequestId: 'request', functionName: 'bench' } as any;
const silent = { info() {}, warn() {}, error() {} };
const client = new DynamoDBClient({ endpoint: process.env.TABLE_URL });
const WORKS: Record<string, (invoice: any) => Promise<unknown>> = {
  nothing: async (invoice) => ({ transferId: invoice.invoiceNumber }),
  call: async ({ invoiceNumber, cents }) => { await client.send(new PutItemCommand({ TableName: 'transfers', Item: { id: { S: invoiceNumber }, cents: { N: String(cents) } } })); return { transferId: invoiceNumber }; },
};
class MemoryPersistence extends BasePersistenceLayer {
  readonly records = new Map<string, any>();
  protected async _putRecord(one: any) { if (this.records.has(one.idempotencyKey)) throw new Error('exists'); this.records.set(one.idempotencyKey, one); }
  protected async _getRecord(key: string) { return this.records.get(key); }
  protected async _updateRecord(one: any) { this.records.set(one.idempotencyKey, one); }
  protected async _deleteRecord(one: any) { this.records.delete(one.idempotencyKey); }
}
const config = new IdempotencyConfig({ eventKeyJmesPath: 'invoiceNumber' });
config.registerLambdaContext(context);
const contract = defineConsumer({ name: 'invoices', message, id: 'invoiceNumber' });
const SOURCES: Record<string, any> = { Kinesis: kinesis, Kafka: kafka };
const TYPES: Record<string, any> = { SQS: EventType.SQS, Kinesis: EventType.KinesisDataStreams };

function candidates(source: string, load: string, work: (invoice: any) => Promise<unknown>): Record<string, (event: any) => Promise<unknown>> {
  const body = bodyOf[source]!;
  // Beside a call there is no memory on either side: the edge is what is measured.
  const ledger = load === 'call' ? 'none' : new MemoryLedger();
  const kit = consumer(contract, { work, source: SOURCES[source], ledger, logger: silent } as any);
  const once = makeIdempotent(async (invoice: any) => work(v.parse(message, invoice)), { persistenceStore: new MemoryPersistence(), config });
  return {
    raw: async (event) => { await Promise.all(recordsOf(event).map(async (record) => work(v.parse(message, body(record))))); return { batchItemFailures: [] }; },
    kit: (event) => kit(event, context),
    ...(load === 'nothing' && TYPES[source] && { powertools: (event: any) => processPartialResponse(event, async (record: any) => { await once(body(record)); }, new BatchProcessor(TYPES[source]), { context }) }),
  };
}
/** One of each in every round, close together and in turn first, so that what disturbs the machine, the compiler and the garbage collector disturbs all of them. */
const ROUNDS: Record<string, { rounds: number; batches: number }> = { nothing: { rounds: 21, batches: 20 }, call: { rounds: 41, batches: 4 } };
const WARM_UP = 3;
const result: Record<string, number[]> = {};
for (const source of Object.keys(EVENTS)) for (const [load, work] of Object.entries(WORKS)) for (let round = -WARM_UP; round < ROUNDS[load]!.rounds; round += 1) {
  const all = Object.entries(candidates(source, load, work));
  for (const [name, handle] of round % 2 === 0 ? all : all.reverse()) {
    const events = Array.from({ length: ROUNDS[load]!.batches }, EVENTS[source]!);
    const started = process.cpuUsage();
    for (const event of events) { const answer: any = await handle(event); if ((answer?.batchItemFailures ?? []).length > 0) throw new Error(source + ' ' + name + ' failed: ' + JSON.stringify(answer)); }
    const { user, system } = process.cpuUsage(started);
    if (round >= 0) (result[[source, load, name].join(' ')] ??= []).push((user + system) / events.length / SIZE);
  }
}
console.log(JSON.stringify(result));
process.exit(0);
`;

/** Answers every call, in a process of its own, so that its time is not the handler's. */
const TABLE = `
require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}'));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

/** What the edge of each source costs a record, beside a handler of one's own and Powertools. */
export async function benchEdges(directory: string, environment: Record<string, string>): Promise<string> {
  const times = await measured(directory, environment);
  const of = (source: string, load: string, name: string) => times[`${source} ${load} ${name}`] ?? [];
  const rows = ['SQS', 'Kinesis', 'Kafka'].map((source) => {
    const [kit, powertools] = [of(source, 'nothing', 'kit'), of(source, 'nothing', 'powertools')];
    const [raw, called] = [of(source, 'call', 'raw'), of(source, 'call', 'kit')];
    const overhead = paired(called, raw).map((share) => `${(100 * (share - 1)).toFixed(0)} %`);
    const beside = paired(kit, powertools).map((share) => `${share.toFixed(2)} ×`);
    return [
      source,
      `${median(of(source, 'nothing', 'raw')).toFixed(1)} µs`,
      `${median(kit).toFixed(1)} µs`,
      powertools.length > 0 ? `${median(powertools).toFixed(1)} µs` : 'has none',
      powertools.length > 0 ? spread(beside) : '',
      `${median(raw).toFixed(0)} µs`,
      `${median(called).toFixed(0)} µs`,
      spread(overhead),
    ];
  });
  return table(
    [
      'batches of 100, processor time a record (median)',
      'a loop that remembers nothing',
      'the kit',
      'Powertools batch and idempotency',
      'of Powertools (goal ≤ 1 ×)',
      'the loop, with a write to DynamoDB',
      'the kit without its ledger, with the same',
      'overhead (goal ≤ 10 %)',
    ],
    rows,
  );
}

/** Quartiles of the shares, round by round: the two of a round ran one after the other, so that a machine that slows down slows both. */
function paired(times: readonly number[], baseline: readonly number[]): readonly number[] {
  const shares = times.map((time, round) => time / (baseline[round] ?? Number.NaN)).sort((a, b) => a - b);
  return [0.5, 0.25, 0.75].map((part) => shares[Math.floor(shares.length * part)] ?? Number.NaN);
}

const spread = ([middle, low, high]: readonly string[]): string => `${middle} (${low} to ${high})`;

async function measured(directory: string, environment: Record<string, string>): Promise<Record<string, number[]>> {
  const entry = join(directory, 'per-record.ts');
  const outfile = join(directory, 'per-record.mjs');
  writeFileSync(entry, PER_RECORD);
  await build({
    ...({ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' } as const),
    ...{ entryPoints: [entry], outfile },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const answering = spawn(process.execPath, ['-e', TABLE], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(answering.stdout, 'data')) as [Buffer];
    const child = spawnSync(process.execPath, [outfile], {
      encoding: 'utf8',
      env: {
        ...{ ...process.env, ...environment, POWERTOOLS_METRICS_DISABLED: 'true' },
        TABLE_URL: `http://127.0.0.1:${port.toString().trim()}`,
      },
    });
    if (child.status !== 0) throw new Error(child.stderr);
    return JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '') as Record<string, number[]>;
  } finally {
    answering.kill();
  }
}
