import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figures, ratio, table, timeCommands } from './measure';

const GOALS = { ofParsing: 2, megabytes: 240, ofFastestFormat: 1.3, smallSeconds: 0.2 };
const FORMATS = ['terminal', 'markdown', 'json', 'sarif', 'gitlab'] as const;
type Values = Record<string, unknown>;

const PLACE = 'eu-west-1:111122223333';
const arn = (service: string, rest: string) => `arn:aws:${service}:${PLACE}:${rest}`;
const allow = (service: string, action: string, resource: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: action, Resource: resource }],
  });

/** The n-th of many alike shops: everything that carries its messages, and one thing that the review does not know. */
const TYPES: Readonly<Record<string, (name: string) => Values>> = {
  aws_kms_key: (name) => ({
    ...{ arn: arn('kms', `key/${name}`), id: name, key_id: name, is_enabled: true },
    policy: allow('sns.amazonaws.com', 'kms:*', '*'),
  }),
  aws_sqs_queue: (name) => ({
    ...{ arn: arn('sqs', name), id: url(name), url: url(name), name, fifo_queue: false },
    ...{ message_retention_seconds: 345_600, visibility_timeout_seconds: 180 },
    kms_master_key_id: arn('kms', `key/${name}`),
    policy: allow('sns.amazonaws.com', 'sqs:SendMessage', arn('sqs', name)),
    redrive_policy: JSON.stringify({ deadLetterTargetArn: arn('sqs', `${name}0`), maxReceiveCount: 3 }),
  }),
  aws_sqs_queue_policy: (name) => ({
    ...{ id: url(name), queue_url: url(name) },
    policy: allow('sns.amazonaws.com', 'sqs:SendMessage', arn('sqs', name)),
  }),
  aws_sns_topic: (name) => ({
    ...{ arn: arn('sns', name), id: arn('sns', name), name, kms_master_key_id: arn('kms', `key/${name}`) },
    policy: allow('events.amazonaws.com', 'sns:Publish', arn('sns', name)),
  }),
  aws_sns_topic_subscription: (name) => ({
    ...{ arn: arn('sns', `${name}:1`), id: arn('sns', `${name}:1`), protocol: 'sqs' },
    ...{ topic_arn: arn('sns', name), endpoint: arn('sqs', name) },
  }),
  aws_cloudwatch_event_rule: (name) => ({
    ...{ arn: arn('events', `rule/${name}`), id: name, name, state: 'ENABLED', event_bus_name: 'default' },
    event_pattern: JSON.stringify({ 'detail-type': [name] }),
  }),
  aws_cloudwatch_event_target: (name) => ({
    ...{ id: `${name}-queue`, rule: name, event_bus_name: 'default', target_id: 'queue', arn: arn('sqs', name) },
  }),
  aws_iam_role: (name) => ({ arn: `arn:aws:iam::111122223333:role/${name}`, id: name, name }),
  aws_iam_role_policy: (name) => ({
    ...{ id: `${name}:queue`, name: 'queue', role: name },
    policy: allow('', 'sqs:*', arn('sqs', name)),
  }),
  aws_lambda_function: (name) => ({
    ...{ arn: arn('lambda', `function:${name}`), id: name, function_name: name, timeout: 30, memory_size: 512 },
    role: `arn:aws:iam::111122223333:role/${name}`,
  }),
  aws_lambda_event_source_mapping: (name) => ({
    ...{ id: `mapping-${name}`, event_source_arn: arn('sqs', name), enabled: true, batch_size: 10 },
    function_name: arn('lambda', `function:${name}`),
  }),
  aws_cloudwatch_metric_alarm: (name) => ({
    ...{ arn: arn('cloudwatch', `alarm:${name}`), id: name, alarm_name: name, alarm_actions: [arn('sns', name)] },
    ...{ namespace: 'AWS/SQS', metric_name: 'ApproximateAgeOfOldestMessage', dimensions: { QueueName: name } },
    ...{ threshold: 300, comparison_operator: 'GreaterThanThreshold', evaluation_periods: 1, period: 60 },
  }),
  aws_instance: (name) => ({ id: `i-${name}`, user_data: 'x'.repeat(400) }),
};
const url = (name: string) => `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;
const NAMES = Object.keys(TYPES);

/** With text that makes a parser work: escapes, brackets in strings, letters of several bytes. */
const FILLER = {
  tags: { team: 'shop', note: 'ü'.repeat(200) },
  description: '"quoted" \\ and [bracketed] {braces}'.repeat(8),
};

/** What a change of each hundredth resource is: the rules have something to say of most types. */
const CHANGED: Readonly<Record<string, Values>> = {
  aws_kms_key: { policy: '{}' },
  aws_sqs_queue: { visibility_timeout_seconds: 30 },
  aws_sqs_queue_policy: { policy: '{}' },
  aws_iam_role_policy: { policy: '{}' },
  aws_lambda_event_source_mapping: { enabled: false },
  aws_cloudwatch_metric_alarm: { threshold: 900 },
};

/**
 * Writes a plan as real ones are: each resource in planned_values, resource_changes, prior_state and configuration, one in a hundred changed.
 *
 * @returns how many resources it has
 */
function generate(path: string, megabytes: number): number {
  const file = openSync(path, 'w');
  const write = (text: string) => writeSync(file, text);
  const all = NAMES.map((type) => Buffer.byteLength(JSON.stringify({ ...FILLER, ...TYPES[type]?.('r1000') })));
  const mean = all.reduce((sum, bytes) => sum + bytes, 0) / NAMES.length;
  // Four times the values, and what stands around them.
  const count = Math.floor((megabytes * 1e6) / (mean * 4 + 750));
  const resources = (render: (identity: Values, values: Values, index: number) => Values) => {
    for (let index = 0; index < count; index += 1) {
      const type = NAMES[index % NAMES.length] as string;
      const name = `r${Math.floor(index / NAMES.length)}`;
      const identity = { address: `${type}.${name}`, mode: 'managed', type, name };
      write(`${index > 0 ? ',' : ''}${JSON.stringify(render(identity, { ...FILLER, ...TYPES[type]?.(name) }, index))}`);
    }
  };
  write('{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[');
  resources((identity, values) => ({ ...identity, values }));
  write(']}},"resource_changes":[');
  resources((identity, before, index) => {
    const changed = index % 100 === 0;
    const after = changed ? { ...before, ...CHANGED[identity.type as string] } : before;
    const nothing = { after_unknown: {}, before_sensitive: {}, after_sensitive: {} };
    return { ...identity, change: { actions: [changed ? 'update' : 'no-op'], before, after, ...nothing } };
  });
  write('],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[');
  resources((identity, values) => ({ ...identity, values, sensitive_values: {} }));
  write(']}}},"configuration":{"provider_config":{},"root_module":{"resources":[');
  resources((identity) => ({ ...identity, expressions: { name: { constant_value: identity.name } } }));
  write(']}}}');
  closeSync(file);
  return count;
}

/** Reviews generated plans from the command line; the baseline is what any tool does that reads a plan whole. */
export async function benchReview(root: string, megabytes = 200, smaller = 20): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-review-'));
  try {
    const tool = (...parameters: string[]) =>
      execFileSync(process.execPath, parameters, { cwd: root, encoding: 'utf8' }).trim();
    tool('tools/build.mjs', '--review');
    const scanner = tool('tools/checkov.mjs');
    const [large, medium] = [join(folder, 'large.json'), join(folder, 'medium.json')];
    const count = generate(large, megabytes);
    generate(medium, smaller);
    const small = join(root, 'test', 'review', 'plans', 'storm.json');
    const probe = join(folder, 'probe.cjs');
    writeFileSync(
      probe,
      `process.on('exit', () => {
        const { user, system } = process.cpuUsage();
        console.log('cpu=' + Math.round((user + system) / 1000) + ' megabytes=' + Math.round(process.resourceUsage().maxRSS / 1024));
      });`,
    );
    const node = (...parameters: string[]) => ({ command: process.execPath, parameters: ['-r', probe, ...parameters] });
    const review = (plan: string, format: string) =>
      node(
        join(root, 'dist', 'spillway-review', 'spillway-review.js'),
        '--format',
        format,
        '--output',
        join(folder, 'report'),
        plan,
      );
    const parse = (plan: string) =>
      node('-e', `JSON.parse(require('node:fs').readFileSync(${JSON.stringify(plan)}, 'utf8'))`);
    const scan = (plan: string, runs: number) => ({
      command: 'bash',
      parameters: [
        // The second line of `times` is that of the children: 0m1.234s 0m0.100s. In a pipe it would be those of the pipe.
        ...[
          '-c',
          `"$0" "$@" || exit; times > '${folder}/times'; awk -F'[ms ]+' 'NR == 2 { print "cpu=" int(1000 * (60 * ($1 + $3) + $2 + $4)) }' '${folder}/times'`,
        ],
        scanner,
        '--file',
        plan,
        '--framework',
        'terraform_plan',
        '--compact',
        '--quiet',
        '--soft-fail',
        '--skip-download',
        '--output',
        'json',
        '--output-file-path',
        folder,
      ],
      runs,
    });
    const parser = JSON.stringify(require.resolve('@streamparser/json'));
    const tokens = `const { Tokenizer } = require(${parser}); const tokenizer = new Tokenizer(); tokenizer.onToken = () => {}; tokenizer.write(require('node:fs').readFileSync(${JSON.stringify(medium)}))`;

    const whole = timeCommands(
      {
        parse: parse(large),
        ...Object.fromEntries(FORMATS.map((format) => [format, review(large, format)])),
      } as Record<'parse' | (typeof FORMATS)[number], ReturnType<typeof node>>,
      3,
    );
    const beside = timeCommands(
      { parse: parse(medium), review: review(medium, 'json'), tokens: node('-e', tokens), scan: scan(medium, 1) },
      3,
    );
    const quick = timeCommands({ node: node('-e', ''), review: review(small, 'terminal'), scan: scan(small, 1) }, 5);

    const fastest = Math.min(...FORMATS.map((format) => whole[format].cpuMs));
    const slowest = Math.max(...FORMATS.map((format) => whole[format].cpuMs));
    const memory = Math.max(...FORMATS.map((format) => whole[format].megabytes));
    const verdict = (met: boolean) => (met ? 'met' : '**not met**');
    const size = (plan: string) => `${(statSync(plan).size / 1e6).toFixed(0)} MB`;
    const row = (name: string, figures: Figures, baseline: Figures) => [
      ...[name, `${(figures.cpuMs / 1000).toFixed(2)} s`, ratio(figures.cpuMs, baseline.cpuMs)],
      figures.megabytes > 0 ? `${figures.megabytes} MB` : '–',
    ];
    const head = ['what', 'processor time', 'of baseline', 'memory at most'];
    return [
      `A plan of ${size(large)} with ${count} resources, reviewed from the command line; medians of 3. Times are of the processor, user and system, because others may work on the machine.`,
      table(head, [
        row('`JSON.parse` of the whole file, the baseline', whole.parse, whole.parse),
        ...FORMATS.map((format) => row(`spillway-review, ${format}`, whole[format], whole.parse)),
      ]),
      `Goals: at most ${GOALS.ofParsing} × the baseline, ${verdict(slowest <= GOALS.ofParsing * whole.parse.cpuMs)}; at most ${GOALS.megabytes} MB, ${verdict(memory <= GOALS.megabytes)}; every format within ${GOALS.ofFastestFormat} × of the fastest, ${verdict(slowest <= GOALS.ofFastestFormat * fastest)}.`,
      `Others on a plan of ${size(medium)}. A library for streaming JSON makes a token of every string and number of it, also of what the review steps over.`,
      table(head, [
        row('`JSON.parse`, the baseline', beside.parse, beside.parse),
        row('spillway-review, json', beside.review, beside.parse),
        row('`@streamparser/json`, its tokens and nothing done with them', beside.tokens, beside.parse),
        row('checkov, framework terraform_plan (once)', beside.scan, beside.parse),
      ]),
      `A small plan of ${(statSync(small).size / 1e3).toFixed(0)} kB, from the start of the program to its end; medians of 5.`,
      table(head, [
        row("`node -e ''`, the baseline", quick.node, quick.node),
        row('spillway-review, terminal', quick.review, quick.node),
        row('checkov, framework terraform_plan (once)', quick.scan, quick.node),
      ]),
      `Goal: at most ${GOALS.smallSeconds} s, ${verdict(quick.review.cpuMs <= 1000 * GOALS.smallSeconds)}.`,
    ].join('\n\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
