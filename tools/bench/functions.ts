import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
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

/** Nanoseconds a message, for a batch processor that is given messages which parse and succeed. */
const PER_MESSAGE = `
import { performance } from 'node:perf_hooks';
import { processBatch } from '../../../functions/runtime/batch';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
const processor = new BatchProcessor(EventType.SQS);
const record = (i: number) => ({ messageId: 'm' + i, receiptHandle: '', body: JSON.stringify({ orderId: 'order-' + i, customer: 'Ada', items: [{ coffee: 'latte', size: 'small', quantity: 1 }], amount: 420, currency: 'USD', placedAt: '2026-01-31T12:00:00.000Z' }), attributes: {}, messageAttributes: {}, eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:orders', awsRegion: 'us-east-1', md5OfBody: '' }) as any;
const Records = Array.from({ length: 10 }, (_, i) => record(i));
const work = async (r: any) => { JSON.parse(r.body); };
const candidates: Record<string, () => Promise<unknown>> = {
  raw: async () => { const failures = []; for (const r of Records) { try { await work(r); } catch { failures.push({ itemIdentifier: r.messageId }); } } return failures; },
  spillway: () => processBatch(Records, async (r) => { await work(r); return true; }, () => {}),
  powertools: () => processPartialResponse({ Records }, work, processor),
};
const rounds = 20000;
const result: Record<string, number[]> = { raw: [], spillway: [], powertools: [] };
for (let repeat = 0; repeat < 9; repeat += 1) for (const [name, once] of Object.entries(candidates)) {
  const started = performance.now();
  for (let round = 0; round < rounds; round += 1) await once();
  result[name]!.push((performance.now() - started) * 1000 / rounds / Records.length);
}
console.log(JSON.stringify(result));
`;

const kilobytes = (path: string) => `${Math.round(statSync(path).size / 1000)} kB`;

/** The consumer's bundle and what handling a batch costs a message. */
export async function benchFunctions(root: string): Promise<string> {
  mkdirSync(join(root, '.spillway', 'bench'), { recursive: true });
  const directory = mkdtempSync(join(root, '.spillway', 'bench', 'functions-'));
  try {
    return `${await bundles(root, directory)}\n\n${await perMessage(directory)}`;
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
  const child = spawnSync(process.execPath, [outfile.replace(/\.js$/, '.mjs')], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  const times = JSON.parse(child.stdout) as Record<'raw' | 'spillway' | 'powertools', number[]>;
  const powertools = median(times.powertools);
  const row = (name: keyof typeof times, what: string, goal = '') => [
    what,
    `${median(times[name]).toFixed(2)} µs`,
    ratio(median(times[name]), powertools),
    goal,
  ];
  return table(
    ['batch of 10, all succeed', 'a message (median of 9)', 'of Powertools', 'goal'],
    [
      row('raw', 'a loop with try and catch'),
      row('spillway', 'ours (`functions/runtime/batch.ts`)', '≤ 1 ×'),
      row('powertools', 'Powertools batch, the baseline'),
    ],
  );
}
