import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { addStacks, ENVIRONMENTS } from '../../environments';
import { defineEnvironment } from '../../environments/settings';
import { isOnEmulator } from './every-stack';
import { example } from './example';

const root = join(__dirname, '..', '..');
const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true });
});

/** Runs the built app as `cdktf` would, from a folder of its own, and reads what it wrote. */
function synthesize(environment: NodeJS.ProcessEnv = {}): Map<string, Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'synthesis-'));
  made.push(directory);
  const outdir = join(directory, 'out');
  execFileSync(process.execPath, [join(root, 'dist', 'main.js')], {
    cwd: directory,
    // No credentials, no region, no home: synthesis must not ask for any.
    env: { PATH: process.env.PATH, CDKTF_OUTDIR: outdir, ...environment },
  });
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .map((path): [string, Buffer] => [relative(outdir, path), readFileSync(path)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const digest = (files: Map<string, Buffer>) =>
  [...files].map(([path, content]) => `${path} ${createHash('sha256').update(content).digest('hex')}`);
const stacks = (files: Map<string, Buffer>) =>
  [...files]
    .filter(([path]) => path.endsWith('cdk.tf.json'))
    .map(([path, content]) => [path.split('/')[1], JSON.parse(content.toString())] as const);

const once = synthesize();

test('the same input gives the same bytes, in any folder and any time zone', () => {
  expect(digest(synthesize({ TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8' }))).toEqual(digest(once));
});

test('leaving call stacks out changes no byte', () => {
  expect(digest(synthesize({ SPILLWAY_TRACES: '1' }))).toEqual(digest(once));
});

test('no path of this machine is in the output', () => {
  for (const [path, content] of once) {
    if (path.endsWith('.zip')) continue;
    expect(content.includes(root)).toBe(false);
    expect(content.includes(tmpdir())).toBe(false);
  }
});

test('stacks are named by environment, region and part', () => {
  const names = stacks(once).map(([name]) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'dev-eu-central-1-shop',
      'prod-eu-central-1-shop',
      'prod-eu-west-1-shop',
      'local-us-east-1-protected',
    ]),
  );
  const known = Object.keys(ENVIRONMENTS).join('|');
  for (const name of names) expect(name).toMatch(new RegExp(`^(${known})-[a-z]+-[a-z]+-\\d-[a-z0-9-]+$`));
});

test('one environment can be synthesized alone', () => {
  const names = stacks(synthesize({ SPILLWAY_ENVIRONMENTS: 'dev' })).map(([name]) => name);
  expect(names.every((name) => name?.startsWith('dev-'))).toBe(true);
});

test('what is refused is told in one line, without a stack', () => {
  const directory = mkdtempSync(join(tmpdir(), 'synthesis-'));
  made.push(directory);
  const refusal = (app: string, environment: NodeJS.ProcessEnv) => {
    const { status, stderr } = spawnSync(process.execPath, [app], {
      encoding: 'utf8',
      cwd: directory,
      env: environment,
    });
    expect(status).toBeGreaterThan(0);
    return stderr;
  };
  expect(refusal(join(root, 'dist', 'main.js'), { SPILLWAY_ENVIRONMENTS: 'nowhere' })).toBe(
    `SPILLWAY_ENVIRONMENTS names "nowhere"; there are ${Object.keys(ENVIRONMENTS).join(', ')}\n`,
  );
  const withoutFunctions = join(directory, 'main.js');
  copyFileSync(join(root, 'dist', 'main.js'), withoutFunctions);
  expect(refusal(withoutFunctions, { SPILLWAY_ENVIRONMENTS: 'dev' })).toMatch(
    /^functions\/\S+ is not built .*npm run build\n$/,
  );
});

test('every stack on AWS keeps its state in S3 under a lock, in its own region, and touches one account', () => {
  for (const [name, stack] of stacks(once)) {
    if (isOnEmulator(name)) continue;
    const [, region] = name?.match(/^[a-z]+-([a-z]+-[a-z]+-\d)-/) ?? [];
    expect([name, stack.terraform.backend.s3]).toEqual([
      name,
      expect.objectContaining({ key: `${name}.tfstate`, region, encrypt: true, use_lockfile: true }),
    ]);
    expect(stack.terraform.backend.s3.bucket).toMatch(new RegExp(`-${region}$`));
    for (const provider of stack.provider.aws) expect(provider.allowed_account_ids).toHaveLength(1);
  }
});

test('every alarm on AWS reaches a topic that somebody hears, and the stack says which', () => {
  const alarmed = stacks(once).filter(
    ([name, { resource }]) => resource.aws_cloudwatch_metric_alarm && !isOnEmulator(name),
  );
  expect(alarmed.length).toBeGreaterThan(5);
  for (const [name, { resource, output }] of alarmed) {
    const heard = Object.values<{ topic_arn: string }>(resource.aws_sns_topic_subscription ?? {}).map(
      ({ topic_arn }) => topic_arn,
    );
    const alarms = Object.values<{ alarm_actions?: string[] }>(resource.aws_cloudwatch_metric_alarm);
    const actions = new Set(alarms.map(({ alarm_actions = [] }) => JSON.stringify(alarm_actions)));
    expect([name, [...actions]]).toEqual([name, [JSON.stringify(heard)]]);
    expect(output.alarm_topic_arn.value).toBe(heard[0]);
  }
});

test('an environment with topics of its own makes none, and its alarms go to the one of their region', () => {
  const app = Testing.app();
  const arns = { 'eu-central-1': 'arn:aws:sns:eu-central-1:444444444444:on-call' };
  addStacks(app, defineEnvironment({ ...example, alarms: { kind: 'topics', arns } }));
  const made = app.node.children.filter((child): child is TerraformStack => child instanceof TerraformStack);
  for (const stack of made) {
    const { resource, output } = JSON.parse(Testing.synth(stack));
    expect(resource.aws_sns_topic).toBeUndefined();
    for (const alarm of Object.values<{ alarm_actions: string[] }>(resource.aws_cloudwatch_metric_alarm))
      expect(alarm.alarm_actions).toEqual([arns['eu-central-1']]);
    expect(output.alarm_topic_arn.value).toBe(arns['eu-central-1']);
  }
});

test('what a runbook or the README has somebody fill in is an output', () => {
  const outputs = new Set(stacks(once).flatMap(([, { output }]) => Object.keys(output ?? {})));
  const runbooks = readdirSync(join(root, 'docs', 'runbooks')).map((name) => join('docs', 'runbooks', name));
  const asked = ['README.md', ...runbooks].flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/<([a-z]+(?:_[a-z]+)+)>/g)].map(
      ([, name = '']) => `${file}: ${name}`,
    ),
  );
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((each) => !outputs.has(each.split(': ')[1] ?? ''))).toEqual([]);
});

test('the README says how much of the account the largest region reserves', () => {
  const reserved = (environment: string) => {
    const byRegion = new Map<string, number>();
    for (const [name = '', { resource }] of stacks(once)) {
      const [, region = ''] = /^([a-z]+-[a-z]+-[a-z]+-\d)-/.exec(name) ?? [];
      for (const { reserved_concurrent_executions: more = 0 } of Object.values<{
        reserved_concurrent_executions?: number;
      }>(resource?.aws_lambda_function ?? {}))
        byRegion.set(region, (byRegion.get(region) ?? 0) + more);
    }
    return Math.max(...[...byRegion].map(([region, sum]) => (region.startsWith(environment) ? sum : 0)));
  };
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(
    `\`dev\` reserves ${reserved('dev')} and \`prod\` up to ${reserved('prod')} in a region`,
  );
});

test('every stack asks for a Terraform that knows write-only arguments', () => {
  for (const [, { terraform }] of stacks(once)) expect(terraform.required_version).toBe('>= 1.11');
});

test('no name of a role stands twice in one account: roles are not of a region', () => {
  const byAccount = new Map<string, string[]>();
  for (const [, stack] of stacks(once)) {
    const account = stack.provider.aws[0].allowed_account_ids?.[0] ?? 'local';
    const roles = Object.values<{ name: string }>(stack.resource.aws_iam_role ?? {}).map(({ name }) => name);
    byAccount.set(account, [...(byAccount.get(account) ?? []), ...roles]);
  }
  for (const roles of byAccount.values()) expect(new Set(roles).size).toBe(roles.length);
  for (const role of [...byAccount.values()].flat()) expect(role.length).toBeLessThanOrEqual(64);
});

/** Whatever holds messages or data: a new address means that Terraform destroys it and makes an empty one. */
const STATEFUL = [
  'aws_sqs_queue',
  'aws_dynamodb_table',
  'aws_mq_broker',
  'aws_efs_file_system',
  'aws_kms_key',
  'aws_kinesis_stream',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
];

test('the addresses of what holds data stay as they are', () => {
  const addresses = stacks(once)
    .filter(([name]) => name?.startsWith('prod-'))
    .flatMap(([name, stack]) =>
      STATEFUL.flatMap((type) => Object.keys(stack.resource[type] ?? {}).map((id) => `${name}: ${type}.${id}`)),
    );
  expect(addresses.sort()).toMatchSnapshot();
});

test('whatever takes orders from a queue rings when it fails as a whole, and the consumer when its orders fail for reasons of our own side', () => {
  const fed: string[] = [];
  for (const [name, { resource }] of stacks(once)) {
    if (isOnEmulator(name)) continue;
    const alarms = Object.values<{ alarm_name: string }>(resource.aws_cloudwatch_metric_alarm ?? {});
    const names = alarms.map(({ alarm_name }) => alarm_name);
    const mappings = Object.values<{ event_source_arn: string; function_name: string; enabled: boolean }>(
      resource.aws_lambda_event_source_mapping ?? {},
    );
    for (const { event_source_arn, function_name, enabled } of mappings) {
      if (!event_source_arn.includes('aws_sqs_queue') || !enabled) continue;
      const id = function_name.match(/aws_lambda_function\.([^.]+)\./)?.[1] ?? '';
      const called = resource.aws_lambda_function[id].function_name as string;
      expect(names).toContain(`${called}-failing`);
      if (called.endsWith('-consumer')) expect(names).toContain(`${called}-own-failures`);
      fed.push(called);
    }
  }
  expect(fed.some((called) => called.endsWith('-consumer'))).toBe(true);
  expect(fed.some((called) => called.endsWith('-saga-start'))).toBe(true);
});

test('every queue on AWS is encrypted and refuses whoever comes without TLS', () => {
  for (const [name, { resource }] of stacks(once)) {
    if (isOnEmulator(name)) continue;
    const policies = Object.values<{ queue_url: string; policy: string }>(resource.aws_sqs_queue_policy ?? {});
    for (const [id, queue] of Object.entries<Record<string, unknown>>(resource.aws_sqs_queue ?? {})) {
      expect(queue.kms_master_key_id ?? queue.sqs_managed_sse_enabled).toBeTruthy();
      const policy = policies.find(({ queue_url }) => queue_url === `\${aws_sqs_queue.${id}.url}`);
      expect([id, JSON.parse(policy?.policy ?? '{}').Statement]).toEqual([
        id,
        expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      ]);
    }
  }
});

test('a saga is patient as its environment says: minutes on the emulator, a day elsewhere', () => {
  const refund = (name: string) => {
    const [, stack] = stacks(once).find(([each]) => each === name) ?? [];
    const [machine] = Object.values<{ definition: string }>(stack.resource.aws_sfn_state_machine);
    return JSON.parse(machine?.definition ?? '').States.refund.Retry.at(-1);
  };
  expect(refund('local-us-east-1-saga')).toMatchObject({
    ...{ IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 60, MaxDelaySeconds: 6 },
  });
  expect(refund('prod-eu-west-1-saga')).toMatchObject({ MaxAttempts: 295, MaxDelaySeconds: 600 });
});
