import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ratio, table, timeCommands } from './measure';

const GOALS = { seconds: 10, megabytes: 500 };
const TYPES = ['aws_sqs_queue', 'aws_lambda_function', 'aws_lambda_event_source_mapping', 'aws_instance'] as const;
type Values = Record<string, unknown>;

/** Attributes of one resource, with text that makes a parser work: escapes, brackets in strings, letters of several bytes. */
function values(type: (typeof TYPES)[number], index: number): Values {
  const name = `orders-${index}`;
  const arn = `arn:aws:sqs:eu-west-1:111122223333:${name}`;
  const filler = {
    tags: { team: 'shop', note: 'ü'.repeat(200) },
    description: '"quoted" \\ and [bracketed] {braces}'.repeat(8),
  };
  switch (type) {
    case 'aws_sqs_queue':
      return {
        ...{ ...filler, arn, name, fifo_queue: false, id: `https://sqs/${name}`, url: `https://sqs/${name}` },
        ...{ message_retention_seconds: 345_600, visibility_timeout_seconds: 180 },
        redrive_policy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:eu-west-1:111122223333:orders-${index + 1}`,
          maxReceiveCount: 3,
        }),
      };
    case 'aws_lambda_function': {
      const functionArn = `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
      return { ...filler, arn: functionArn, function_name: name, timeout: 30, memory_size: 512 };
    }
    case 'aws_lambda_event_source_mapping': {
      const functionArn = `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
      return { ...filler, event_source_arn: arn, function_name: functionArn, enabled: true, batch_size: 10 };
    }
    case 'aws_instance':
      return { ...filler, id: `i-${index}`, user_data: 'x'.repeat(400) };
  }
}

/**
 * Writes a plan as real ones are: each resource in planned_values, resource_changes, prior_state and configuration, one in a hundred changed.
 *
 * @returns how many resources it has
 */
function generate(path: string, megabytes: number): number {
  const file = openSync(path, 'w');
  const one = JSON.stringify(values('aws_sqs_queue', 100_000)).length;
  const count = Math.floor((megabytes * 1e6) / (one * 4 + 900));
  const resources = (render: (identity: Values, all: Values, index: number) => Values) => {
    for (let index = 0; index < count; index += 1) {
      const type = TYPES[index % TYPES.length] as (typeof TYPES)[number];
      const group = Math.floor(index / TYPES.length);
      const identity = { address: `${type}.r${group}`, mode: 'managed', type, name: `r${group}` };
      writeSync(file, `${index > 0 ? ',' : ''}${JSON.stringify(render(identity, values(type, group), index))}`);
    }
  };
  writeSync(file, '{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[');
  resources((identity, all) => ({ ...identity, values: all }));
  writeSync(file, ']}},"resource_changes":[');
  resources((identity, all, index) => {
    const changed = index % 100 === 0;
    const after = changed ? { ...all, visibility_timeout_seconds: 30 } : all;
    const nothing = { after_unknown: {}, before_sensitive: {}, after_sensitive: {} };
    return { ...identity, change: { actions: [changed ? 'update' : 'no-op'], before: all, after, ...nothing } };
  });
  writeSync(file, '],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[');
  resources((identity, all) => ({ ...identity, values: all, sensitive_values: {} }));
  writeSync(file, ']}}},"configuration":{"provider_config":{},"root_module":{"resources":[');
  resources((identity) => ({ ...identity, expressions: { name: { constant_value: identity.name } } }));
  writeSync(file, ']}}}');
  closeSync(file);
  return count;
}

/** Reviews a large generated plan from the command line; the baseline is what any tool does that reads it whole. */
export async function benchReview(root: string, megabytes = 200): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-review-'));
  try {
    const plan = join(folder, 'plan.json');
    const count = generate(plan, megabytes);
    const probe = join(folder, 'probe.cjs');
    const report = "console.log('megabytes=' + Math.round(process.resourceUsage().maxRSS / 1024))";
    writeFileSync(probe, `process.on('exit', () => ${report});`);
    const node = (...parameters: string[]) => ({ command: process.execPath, parameters: ['-r', probe, ...parameters] });
    const parse = `JSON.parse(require('node:fs').readFileSync(${JSON.stringify(plan)}, 'utf8'))`;
    const { whole, review } = timeCommands(
      {
        whole: node('-e', parse),
        review: node(join(root, 'bin', 'spillway.js'), 'review', '--format', 'markdown', plan),
      },
      3,
    );
    const seconds = review.ms / 1000;
    const verdict = (met: boolean) => (met ? 'met' : '**not met**');
    const row = (name: string, figures: typeof review) => [
      ...[name, `${(figures.ms / 1000).toFixed(1)} s`, ratio(figures.ms, whole.ms)],
      ...[`${figures.megabytes} MB`, ratio(figures.megabytes, whole.megabytes)],
    ];
    return [
      `A plan of ${(statSync(plan).size / 1e6).toFixed(0)} MB with ${count} resources, reviewed from the command line; medians of 3.`,
      table(
        ['what', 'time', 'of baseline', 'memory at most', 'of baseline'],
        [row('`JSON.parse` of the whole file, the baseline', whole), row('`spillway review`', review)],
      ),
      `Goals: at most ${GOALS.seconds} s, ${verdict(seconds <= GOALS.seconds)}; at most ${GOALS.megabytes} MB, ${verdict(review.megabytes <= GOALS.megabytes)}.`,
    ].join('\n\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
