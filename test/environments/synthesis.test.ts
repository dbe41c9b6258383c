import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

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
  for (const name of names) expect(name).toMatch(/^(dev|staging|prod|local)-[a-z]+-[a-z]+-\d-[a-z0-9-]+$/);
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
  expect(refusal(join(root, 'dist', 'main.js'), { SPILLWAY_ENVIRONMENTS: 'qa' })).toBe(
    'SPILLWAY_ENVIRONMENTS names "qa"; there are dev, staging, prod, local\n',
  );
  const withoutFunctions = join(directory, 'main.js');
  copyFileSync(join(root, 'dist', 'main.js'), withoutFunctions);
  expect(refusal(withoutFunctions, { SPILLWAY_ENVIRONMENTS: 'dev' })).toMatch(
    /^functions\/\S+ is not built .*npm run build\n$/,
  );
});

test('every stack outside local keeps its state in S3 under a lock and touches one account', () => {
  for (const [name, stack] of stacks(once)) {
    if (name?.startsWith('local-')) continue;
    expect(stack.terraform.backend.s3).toMatchObject({ key: `${name}.tfstate`, encrypt: true, use_lockfile: true });
    for (const provider of stack.provider.aws) expect(provider.allowed_account_ids).toHaveLength(1);
  }
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

test('every queue of dev, staging and prod is encrypted and refuses whoever comes without TLS', () => {
  for (const [name, { resource }] of stacks(once)) {
    if (name?.startsWith('local-')) continue;
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
