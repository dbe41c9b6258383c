import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf, exampleFile, play, run } from './page-of-example';

const blocks = blocksOf('streams.md');

test.each(['contract.ts', 'handler.ts', 'canary.ts', 'outage.test.ts', 'stack.ts'])(
  'the page shows %s as the example has it',
  (file) => {
    expect(blocks.get(`meter-readings/${file}`)).toBe(exampleFile('meter-readings', file));
  },
);

test('the outage that the page tests ends as it says', async () => {
  expect(await play(blocks.get('meter-readings/outage.test.ts') ?? '', 'meter-readings')).toBe(1);
});

test('the stack that the page shows feeds one function from the stream and from its main queue', () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'meter-readings-'));
  mkdirSync(join(folder, 'dist'));
  for (const name of ['meter-readings', 'billing-canary'])
    writeFileSync(join(folder, `dist/${name}.zip`), 'PK\u0003\u0004');
  process.chdir(folder);
  try {
    run(blocks.get('meter-readings/stack.ts') ?? '', 'meter-readings');
  } finally {
    process.chdir(before);
  }
  const { resource } = JSON.parse(
    readFileSync(join(folder, 'cdktf.out/stacks/meter-readings/cdk.tf.json'), 'utf8'),
  ) as { resource: Record<string, Record<string, Record<string, unknown>>> };
  const ofHandler = Object.values(resource.aws_lambda_event_source_mapping ?? {}).filter(({ function_name }) =>
    String(function_name).includes('consumer_handler'),
  );
  expect(ofHandler.map(({ event_source_arn }) => event_source_arn)).toEqual([
    expect.stringContaining('aws_sqs_queue'),
    expect.stringContaining('aws_kinesis_stream'),
  ]);
});
