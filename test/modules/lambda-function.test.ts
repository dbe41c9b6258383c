import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { orderHistory } from '../../functions/shop/order-history/contract';
import { LambdaFunction, type LambdaFunctionProps } from '../../modules/lambda-function';
import { allowed, synthesized } from './synthesized';

const props: LambdaFunctionProps<typeof orderHistory> = {
  contract: orderHistory,
  functionName: 'history',
  description: 'Answers the history',
  environment: { ORDERS_TABLE: 'orders' },
};
const stack = (change: Partial<LambdaFunctionProps<typeof orderHistory>> = {}) =>
  synthesized((scope) => new LambdaFunction(scope, 'history', { ...props, ...change }));

test('it runs on nodejs24.x and arm64, traced, with logs that are kept for a year', () => {
  const synth = stack();
  expect(synth.one('aws_lambda_function', 'function')).toMatchObject({
    runtime: 'nodejs24.x',
    architectures: ['arm64'],
    handler: 'index.handler',
    timeout: 30,
    memory_size: 512,
    tracing_config: { mode: 'Active' },
    environment: { variables: { ORDERS_TABLE: 'orders' } },
    source_code_hash: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
  });
  expect(synth.one('aws_cloudwatch_log_group', 'logs')).toMatchObject({
    name: '/aws/lambda/history',
    retention_in_days: 365,
  });
});

test('its role may write its own logs and traces, and nothing else until it is granted', () => {
  expect(allowed(stack(), 'policy').map((line) => line.replace(/_[0-9A-F]{8}/, ''))).toEqual([
    'logs:CreateLogStream on ${aws_cloudwatch_log_group.history_logs.arn}:*',
    'logs:PutLogEvents on ${aws_cloudwatch_log_group.history_logs.arn}:*',
    'xray:PutTelemetryRecords on *',
    'xray:PutTraceSegments on *',
  ]);
});

test('the archive travels with the stack: no path of this machine is in the output', () => {
  expect(stack().one('aws_lambda_function', 'function').filename).toMatch(/^assets\//);
});

test('an asynchronous failure goes where it was told to, with the permission for it', () => {
  const synth = stack({
    onFailure: { queue: { arn: 'arn:aws:sqs:us-east-1:000000000000:failed' }, maximumRetryAttempts: 1 },
  });
  expect(synth.one('aws_lambda_function_event_invoke_config', 'asynchronous')).toMatchObject({
    maximum_retry_attempts: 1,
    maximum_event_age_in_seconds: 3600,
    destination_config: { on_failure: { destination: 'arn:aws:sqs:us-east-1:000000000000:failed' } },
  });
  expect(allowed(synth, 'policy')).toContain('sqs:SendMessage on arn:aws:sqs:us-east-1:000000000000:failed');
  expect(allowed(synth, 'policy').filter((line) => line.startsWith('kms:'))).toEqual([]);
});

test('an asynchronous failure reaches an encrypted queue, too', () => {
  const kmsKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/1';
  const synth = stack({ onFailure: { queue: { arn: 'arn:aws:sqs:us-east-1:000000000000:failed', kmsKeyArn } } });
  expect(allowed(synth, 'policy')).toEqual(
    expect.arrayContaining([`kms:GenerateDataKey on ${kmsKeyArn}`, `kms:Decrypt on ${kmsKeyArn}`]),
  );
});

test('a key of one’s own encrypts environment and logs, and the role may decrypt with it', () => {
  const key = 'arn:aws:kms:us-east-1:000000000000:key/1';
  const synth = stack({ kmsKeyArn: key });
  expect(synth.one('aws_lambda_function', 'function').kms_key_arn).toBe(key);
  expect(synth.one('aws_cloudwatch_log_group', 'logs').kms_key_id).toBe(key);
  expect(allowed(synth, 'policy')).toContain(`kms:Decrypt on ${key}`);
});

test.each<[string, Partial<LambdaFunctionProps<typeof orderHistory>>, string]>([
  ['timeout', { timeout: 901 }, 'timeout is 901 s; Lambda takes whole numbers from 1 to 900'],
  ['timeout in milliseconds', { timeout: 30_000 }, 'timeout is 30000 s'],
  ['memory', { memorySize: 100 }, 'memorySize is 100 MB; Lambda takes whole numbers from 128 to 10,240'],
  ['name', { functionName: 'order history' }, 'functionName is "order history"'],
  ['retention', { logRetentionDays: 100 }, 'logRetentionDays is 100 days; CloudWatch Logs takes 1, 3, 5'],
  ['description', { description: 'd'.repeat(257) }, 'description has 257 characters; Lambda takes at most 256'],
  ['key', { kmsKeyArn: 'alias/shop' }, 'kmsKeyArn is "alias/shop"; it takes the ARN of a KMS key'],
  ['concurrency', { reservedConcurrency: -1 }, 'reservedConcurrency is -1'],
  ['event age', { onFailure: { queue: { arn: 'q' }, maximumEventAge: 5 } }, 'maximumEventAge 5 s'],
])('a wrong %s does not synthesize, and the error says what is allowed', (_, change, message) => {
  expect(() => stack(change)).toThrow(message);
});

test('all mistakes are told at once, each with the construct that it is in', () => {
  expect(() => stack({ timeout: 0, memorySize: 1 })).toThrow(
    /test\/history: timeout is 0[\s\S]*test\/history: memorySize is 1/,
  );
});

test('a function that was not built is an error with the command that builds it', () => {
  const contract = { ...orderHistory, name: 'not-there' };
  expect(() => stack({ contract })).toThrow(
    'functions/not-there is not built (no dist/functions/not-there.zip). Build it: npm run build',
  );
});

test('a function of one’s own comes with an archive of its own, by whatever path it is named', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  const bundle = join(directory, 'receipts.zip');
  writeFileSync(bundle, 'PK\u0003\u0004 an archive');
  const contract = { ...orderHistory, name: 'receipts' };
  const hash = createHash('sha256').update('PK\u0003\u0004 an archive').digest('base64');
  for (const path of [bundle, relative(process.cwd(), bundle)])
    expect(stack({ contract, bundle: path }).one('aws_lambda_function', 'function').source_code_hash).toBe(hash);
  rmSync(directory, { recursive: true });
  expect(() => stack({ contract, bundle })).toThrow(`receipts is not built (no ${bundle})`);
});

test('nor does one that is spread from elsewhere, where no type sees it, synthesize; a missing one doesn’t either', () => {
  const secretArn: string | undefined = 'arn:secret';
  const environment = { ORDERS_TABLE: 'orders', ...(secretArn && { PAYMENT_SECRET_ARM: secretArn }) };
  expect(() => stack({ environment })).toThrow(
    'environment has PAYMENT_SECRET_ARM; the contract of order-history knows ORDERS_TABLE',
  );
  expect(() => stack({ environment: {} as typeof environment })).toThrow(
    'environment lacks ORDERS_TABLE, which the contract of order-history asks for',
  );
});

test('an optional variable without a value is left out', () => {
  const contract = { ...orderHistory, optionalEnvironment: { SECRET_ARN: 'a secret' } };
  const environment = { ORDERS_TABLE: 'orders', SECRET_ARN: undefined };
  const synth = synthesized((scope) => new LambdaFunction(scope, 'history', { ...props, contract, environment }));
  const variables = (synth.one('aws_lambda_function', 'function').environment as { variables: object }).variables;
  expect(Object.keys(variables)).toEqual(['ORDERS_TABLE', 'POWERTOOLS_SERVICE_NAME']);
});

test('a variable that the contract does not know does not compile', () => {
  // @ts-expect-error the contract says ORDERS_TABLE
  const misspelt: LambdaFunctionProps<typeof orderHistory>['environment'] = { ORDERS_TABEL: 'orders' };
  expect(misspelt).toBeDefined();
});
