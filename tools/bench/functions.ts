import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { benchEdges } from './edges';
import { median, ratio, table } from './measure';

/** What the consumer's handler reads at its first line. */
const ENVIRONMENT = {
  QUEUE_URL: 'http://127.0.0.1/q',
  REPAIR_QUEUE_URL: 'http://127.0.0.1/r',
  MAX_RECEIVE_COUNT: '3',
  LEDGER_TABLE: 'orders',
  PAYMENT_URL: 'http://127.0.0.1',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  POWERTOOLS_SERVICE_NAME: 'bench',
};

/** Milliseconds inside a fresh process to load a module: what a cold start pays. */
const LOAD = (path: string) =>
  `const t=process.hrtime.bigint();require(${JSON.stringify(path)});console.log('load='+Number(process.hrtime.bigint()-t)/1e6)`;

/** Microseconds a message, for handlers that are given messages which parse and succeed: the same work, the same memory behind it, and no log. */
const PER_MESSAGE = `
import { performance } from 'node:perf_hooks';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import * as v from 'valibot';
import { consumer, defineConsumer } from '../../../functions/runtime';
import { processBatch } from '../../../functions/runtime/batch';
import { CircuitBreaker } from '../../../functions/runtime/breaker/breaker';
import { initial } from '../../../functions/runtime/breaker/state';
import { dependencySettings } from '../../../functions/runtime/breaker/settings';
import { NOTHING } from '../../../functions/runtime/breaker/window';
import { MemoryLedger } from '../../../functions/runtime/ledger/memory-ledger';

const SIZE = 10;
let count = 0;
const record = () => { count += 1; return { messageId: 'm' + count, receiptHandle: 'h', body: JSON.stringify({ invoiceNumber: 'invoice-' + count, iban: 'DE89370400440532013000', cents: 4200 }), attributes: { SentTimestamp: '1769860800000', ApproximateReceiveCount: '1' }, messageAttributes: {}, eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:invoices', awsRegion: 'us-east-1', md5OfBody: '' } as any; };
const batch = () => ({ Records: Array.from({ length: SIZE }, record) });
const context = { getRemainingTimeInMillis: () => 30_000, awsRequestId: 'request', functionName: 'bench' } as any;
const message = v.object({ invoiceNumber: v.string(), iban: v.string(), cents: v.number() });
const work = async (invoice: { invoiceNumber: string }) => ({ transferId: invoice.invoiceNumber });
const silent = { info() {}, warn() {}, error() {} };

const processor = new BatchProcessor(EventType.SQS);
class MemoryPersistence extends BasePersistenceLayer {
  readonly records = new Map<string, any>();
  protected async _putRecord(one: any) { if (this.records.has(one.idempotencyKey)) throw new Error('exists'); this.records.set(one.idempotencyKey, one); }
  protected async _getRecord(key: string) { return this.records.get(key); }
  protected async _updateRecord(one: any) { this.records.set(one.idempotencyKey, one); }
  protected async _deleteRecord(one: any) { this.records.delete(one.idempotencyKey); }
}
const config = new IdempotencyConfig({ eventKeyJmesPath: 'invoiceNumber' });
config.registerLambdaContext(context);
const remembering = () => makeIdempotent(async (invoice: any) => work(v.parse(message, invoice)), { persistenceStore: new MemoryPersistence(), config });

const contract = defineConsumer({ name: 'invoices', message, id: 'invoiceNumber' });
const shared = { record: initial('bank'), tally: NOTHING };
const store = { readShared: async () => shared } as any;
const breaker = new CircuitBreaker('bank', dependencySettings.parse({}), { store, now: Date.now, random: Math.random, count() {}, log() {} } as any);
const judged = { isFailure: () => false, whenOpen: () => { throw new Error('open'); } } as any;
let memory = new MemoryLedger();
const ledger = { begin: (claim: any) => memory.begin(claim), finish: (claim: any, result: unknown, now: Date) => memory.finish(claim, result, now) } as any;
const kit = consumer(contract, { work: (invoice) => breaker.call(() => work(invoice), judged) as any, ledger, logger: silent });

// Each round has a memory of its own: how it grows is not what is measured.
let once = remembering();
const candidates: Record<string, (event: any) => Promise<unknown>> = {
  raw: async ({ Records }) => { const batchItemFailures = []; for (const r of Records) { try { await work(JSON.parse(r.body)); } catch { batchItemFailures.push({ itemIdentifier: r.messageId }); } } return { batchItemFailures }; },
  spillwayBatch: ({ Records }) => processBatch(Records, async (r: any) => { await work(JSON.parse(r.body)); return true; }, () => {}),
  powertoolsBatch: (event) => processPartialResponse(event, async (r: any) => { await work(JSON.parse(r.body)); }, processor),
  kit: (event) => kit(event, context),
  powertools: (event) => processPartialResponse(event, async (r: any) => { await once(JSON.parse(r.body)); }, processor, { context }),
};
const rounds = 1000;
const result: Record<string, number[]> = {};
for (let repeat = 0; repeat < 9; repeat += 1) for (const [name, handle] of Object.entries(candidates)) {
  const events = Array.from({ length: rounds }, batch);
  [memory, once] = [new MemoryLedger(), remembering()];
  const started = performance.now();
  for (const event of events) { const answer: any = await handle(event); if ((answer.batchItemFailures ?? answer).length > 0) throw new Error(name + ' failed: ' + JSON.stringify(answer)); }
  (result[name] ??= []).push((performance.now() - started) * 1000 / rounds / SIZE);
}
console.log(JSON.stringify(result));
`;

const kilobytes = (path: string) => `${Math.round(statSync(path).size / 1000)} kB`;

/** The consumer's bundle and what handling a batch costs a message. */
export async function benchFunctions(root: string): Promise<string> {
  mkdirSync(join(root, '.spillway', 'bench'), { recursive: true });
  const directory = mkdtempSync(join(root, '.spillway', 'bench', 'functions-'));
  try {
    const parts = [
      await bundles(root, directory),
      await perMessage(directory),
      await benchEdges(directory, ENVIRONMENT),
    ];
    return parts.join('\n\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function bundles(root: string, directory: string): Promise<string> {
  const { functionOptions } = (await import(pathToFileURL(join(root, 'tools', 'bundle.mjs')).href)) as {
    functionOptions: object;
  };
  const entry = join(root, 'functions', 'shop', 'order-consumer', 'handler.ts');
  const variants = {
    ours: functionOptions,
    default: {
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node22',
      absWorkingDir: root,
      legalComments: 'none',
    },
  } as const;
  const load: Record<string, number[]> = { ours: [], default: [] };
  const files = Object.fromEntries(
    Object.keys(variants).map((name) => [name, join(directory, `${name}.js`)]),
  ) as Record<keyof typeof variants, string>;
  for (const [name, options] of Object.entries(variants)) {
    await build({ ...options, entryPoints: [entry], outfile: files[name as keyof typeof variants] });
  }
  const { spawnSync } = await import('node:child_process');
  for (let run = 0; run < 11; run += 1) {
    for (const name of Object.keys(variants) as (keyof typeof variants)[]) {
      const child = spawnSync(process.execPath, ['-e', LOAD(files[name])], {
        env: { ...process.env, ...ENVIRONMENT },
        encoding: 'utf8',
      });
      load[name]?.push(Number(child.stdout.match(/load=([\d.]+)/)?.[1]));
    }
  }
  const [ours, plain] = [median(load.ours ?? []), median(load.default ?? [])];
  return table(
    ['order consumer, minified', 'size', 'import (median of 11)', 'of the default build', 'goal'],
    [
      ['esbuild defaults, the baseline', kilobytes(files.default), `${plain.toFixed(1)} ms`, '1.00 ×', ''],
      ['ours', kilobytes(files.ours), `${ours.toFixed(1)} ms`, ratio(ours, plain), '≤ 360 kB, ≤ 0.65 ×'],
    ],
  );
}

async function perMessage(directory: string): Promise<string> {
  writeFileSync(join(directory, 'per-message.ts'), PER_MESSAGE);
  const outfile = join(directory, 'per-message.js');
  await build({
    entryPoints: [join(directory, 'per-message.ts')],
    outfile: join(directory, 'per-message.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const { spawnSync } = await import('node:child_process');
  const child = spawnSync(process.execPath, [outfile.replace(/\.js$/, '.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, ...ENVIRONMENT, POWERTOOLS_METRICS_DISABLED: 'true' },
  });
  if (child.status !== 0) throw new Error(child.stderr);
  const times = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '') as Record<string, number[]>;
  const of = (name: string) => median(times[name] ?? []);
  const row = (name: string, baseline: string, what: string, goal = '') => [
    what,
    `${of(name).toFixed(2)} µs`,
    ratio(of(name), of(baseline)),
    goal,
  ];
  return table(
    ['batches of 10, all succeed', 'a message (median of 9)', 'of the baseline', 'goal'],
    [
      row('raw', 'powertools', 'a loop with try and catch, which remembers nothing'),
      row('kit', 'powertools', 'the kit: schema, breaker, ledger in memory', '≤ 1 ×'),
      row('powertools', 'powertools', 'Powertools batch and idempotency, schema, in memory: the baseline'),
      row('spillwayBatch', 'powertoolsBatch', 'ours without the kit (`functions/runtime/batch.ts`)', '≤ 1 ×'),
      row('powertoolsBatch', 'powertoolsBatch', 'Powertools batch alone: its baseline'),
    ],
  );
}
