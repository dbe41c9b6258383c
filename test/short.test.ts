import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODULES } from '../tools/terraform-modules';
import { bundleExamples, root } from './modules/examples-of-readmes';

const directory = join(root, 'examples', 'short');
const scratch = mkdtempSync(join(tmpdir(), 'short-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Lines that say something. */
const linesOf = (file: string) =>
  readFileSync(join(directory, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim());

describe('queue, dead letters, consumer, alarms and redrive', () => {
  test('take 20 lines of TypeScript, imports and provider included', () => {
    expect(linesOf('stack.ts').length).toBeLessThanOrEqual(20);
    bundleExamples();
    process.env.CDKTF_OUTDIR = scratch;
    require('../examples/short/stack');
    const [stack = ''] = readdirSync(join(scratch, 'stacks'));
    const { resource } = JSON.parse(readFileSync(join(scratch, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
    const names = (type: string, by: string) =>
      Object.values<Record<string, string>>(resource[type]).map((each) => each[by]);
    expect(names('aws_sqs_queue', 'name')).toEqual(
      expect.arrayContaining(['invoices', 'invoices-parked', 'invoices-repair']),
    );
    expect(names('aws_lambda_function', 'function_name')).toContain('invoices-redrive');
    expect(Object.keys(resource.aws_lambda_event_source_mapping)).toHaveLength(1);
    expect(names('aws_cloudwatch_metric_alarm', 'alarm_name')).toContain('invoices-parked-depth');
  });

  test('take 30 lines of HCL, with the functions that are there already', () => {
    expect(linesOf('main.tf').length).toBeLessThanOrEqual(30);
    const text = linesOf('main.tf').join('\n');
    const [, name] = /source = "\.\/([\w-]+)"/.exec(text) ?? [];
    const module = MODULES.find((each) => each.name === name);
    for (const [variable, { default: byDefault }] of Object.entries(module?.variables ?? {}))
      if (byDefault === undefined) expect(text).toMatch(new RegExp(`^ +${variable} +=`, 'm'));
  });
});
