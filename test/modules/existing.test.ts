import { type TerraformStack, TerraformVariable } from 'cdktf';
import { bankCanary, invoices } from '../../examples/invoices/contract';
import { breakerEnvironment, CircuitBreaker } from '../../modules/circuit-breaker';
import { Consumer } from '../../modules/consumer';
import { ExistingFunction, LambdaFunction, type LambdaFunctionProps } from '../../modules/lambda-function';
import { ExistingLedger } from '../../modules/ledger';
import { ProtectedConsumer } from '../../modules/protected-consumer';
import { Redrive } from '../../modules/redrive';
import { ExistingQueue, type ExistingQueueProps, type QueueTiers, TieredQueue } from '../../modules/tiered-queue';
import { bundleExamples } from './examples-of-readmes';
import { allowed, synthesized } from './synthesized';

const account = '111111111111';
const region = 'eu-central-1';
const arn = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;
const KEY = `arn:aws:kms:${region}:${account}:key/theirs`;
const tiers: ExistingQueueProps = {
  main: { arn: arn('invoices_v2') },
  parked: { arn: arn('invoices_v2-DLQ') },
  repair: { arn: arn('broken-invoices'), kmsKeyArn: KEY },
  visibilityTimeout: 180,
  maxReceiveCount: 5,
};
const theirs = (change: Partial<ExistingQueueProps> = {}) => new ExistingQueue({ ...tiers, ...change });
const theirFunction = (scope: TerraformStack, id: string, change: object = {}) =>
  new ExistingFunction(scope, id, {
    functionArn: `arn:aws:lambda:${region}:${account}:function:${id}`,
    functionName: id,
    roleName: `${id}-role`,
    policyName: 'spillway',
    timeout: 30,
    ...change,
  });

bundleExamples();

describe('queues that are there already', () => {
  test('are known by their ARNs alone', () => {
    expect(theirs().main).toEqual({
      arn: arn('invoices_v2'),
      url: 'https://sqs.eu-central-1.amazonaws.com/111111111111/invoices_v2',
      name: 'invoices_v2',
      kmsKeyArn: undefined,
    });
  });

  test('feed a function, and are released: permissions name them and their keys, nothing of them is made', () => {
    const stack = synthesized((made) => {
      const queue = theirs();
      new Consumer(made, 'consumer', { queue, handler: theirFunction(made, 'invoices') });
      new Redrive(made, 'redrive', {
        queue,
        functionName: 'redrive',
        account,
        canary: { handler: theirFunction(made, 'canary') },
      });
    });
    expect(stack.all('aws_sqs_queue').map(({ name }) => name)).toEqual(['redrive-failures']);
    expect(stack.all('aws_lambda_event_source_mapping')).toMatchObject([{ event_source_arn: arn('invoices_v2') }]);
    expect(allowed(stack, 'invoices/policy')).toEqual(
      expect.arrayContaining([
        `sqs:ReceiveMessage on ${arn('invoices_v2')}`,
        `sqs:SendMessage on ${arn('broken-invoices')}`,
        `kms:GenerateDataKey on ${KEY}`,
      ]),
    );
    expect(stack.one('aws_lambda_function', 'redrive/handler/function')).toMatchObject({
      environment: { variables: { PARKED_QUEUE_ARN: arn('invoices_v2-DLQ'), MAIN_QUEUE_ARN: arn('invoices_v2') } },
    });
  });

  test('anything of their form does', () => {
    const plain: QueueTiers = {
      ...{ main: theirs().main, parked: theirs().parked, repair: theirs().repair },
      ...{ fifo: false, visibilityTimeout: 180, maxReceiveCount: 5, messageRetention: 345_600 },
    };
    const stack = synthesized((made) => {
      new Consumer(made, 'consumer', { queue: plain, handler: theirFunction(made, 'invoices') });
    });
    expect(stack.all('aws_lambda_event_source_mapping')).toHaveLength(1);
  });

  test('a ledger that is there already is looked into by a desk, and no more', () => {
    const granted: unknown[] = [];
    const grant = (...what: unknown[]) => granted.push(what);
    const tableArn = `arn:aws:dynamodb:${region}:${account}:table/seen`;
    new ExistingLedger({ tableArn, tableName: 'seen', kmsKeyArn: KEY }).grantRead({ grant } as never);
    expect(granted).toEqual([
      [['dynamodb:GetItem'], [tableArn]],
      [['kms:Decrypt'], [KEY]],
    ]);
  });

  test('stand behind a circuit breaker, with a canary and a ledger that are there already', () => {
    const stack = synthesized((made) => {
      new ProtectedConsumer(made, 'invoices', {
        name: 'invoices',
        contract: { ...invoices, dependency: 'bank' },
        bundle: 'dist/invoices.zip',
        environment: { BANK_URL: 'https://bank.example.com' },
        canary: theirFunction(made, 'bank-canary'),
        queue: theirs(),
        ledger: new ExistingLedger({
          tableArn: `arn:aws:dynamodb:${region}:${account}:table/seen`,
          tableName: 'seen',
          kmsKeyArn: KEY,
        }),
        breaker: {},
        account,
        region,
      });
    });
    expect(stack.all('aws_sqs_queue').map(({ name }) => name)).not.toContain('invoices');
    expect(stack.all('aws_dynamodb_table').map(({ name }) => name)).toEqual(['invoices-breakers']);
    expect(stack.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => alarm_name)).toEqual(
      expect.arrayContaining(['invoices-main-age', 'invoices-parked-depth', 'invoices-repair-age']),
    );
    const { environment } = stack.one('aws_lambda_function', 'invoices/handler/function');
    expect(environment).toMatchObject({
      variables: { LEDGER_TABLE: 'seen', CANARY_FUNCTION: expect.stringMatching(/bank-canary$/) },
    });
    expect(allowed(stack, 'recovery/policy')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^lambda:InvokeFunction on .*bank-canary$/)]),
    );
  });

  test('of which only Terraform knows the ARN need their URL and name as well', () => {
    synthesized((made) => {
      const known = new TerraformVariable(made, 'queue', { type: 'string' }).stringValue;
      expect(() => theirs({ main: { arn: known } })).toThrow('main has an ARN that is known only after apply');
      expect(theirs({ main: { arn: known, url: known, name: known } }).main.url).toBe(known);
    });
  });

  test.each<[string, Partial<ExistingQueueProps>, string]>([
    ['a name', { main: { arn: 'orders' } }, 'existing queue: main has the ARN "orders"; it takes one of a queue'],
    ['one queue twice', { repair: { arn: arn('invoices_v2-DLQ') } }, 'parked is also main or repair'],
    ['a FIFO main alone', { main: { arn: arn('a.fifo') } }, 'parked is a FIFO'],
    ['a key by its alias', { main: { ...tiers.main, kmsKeyArn: 'alias/k' } }, 'main has the key "alias/k"'],
    ['a receive count of 0', { maxReceiveCount: 0 }, 'maxReceiveCount is 0'],
  ])('refuse %s', (_, change, message) => {
    expect(() => theirs(change)).toThrow(message.replace('is a FIFO', 'is '));
  });
});

const functionOf = (made: TerraformStack, change: Partial<LambdaFunctionProps<typeof bankCanary>> = {}) =>
  new LambdaFunction(made, 'made', {
    contract: bankCanary,
    bundle: 'dist/bank-canary.zip',
    functionName: 'canary',
    description: 'Asks',
    environment: { BANK_URL: 'https://bank.example.com' },
    ...change,
  });

describe('refused at synthesis', () => {
  const breaker = (
    made: TerraformStack,
    names: object,
    environment: object = {},
    everyMinutes: number | 'off' = 'off',
  ) => {
    const queue = new TieredQueue(made, 'queue', { queueName: 'orders' });
    const canary = { handler: theirFunction(made, 'canary') };
    new Redrive(made, 'redrive', { queue, functionName: 'redrive', account, canary, everyMinutes });
    const handler = theirFunction(made, 'orders', { environment });
    const consumer = new Consumer(made, 'consumer', { queue, handler, switchedAtRunTime: true });
    const dependencies = { bank: { canary, ...names } };
    new CircuitBreaker(made, 'breaker', { breakerName: 'orders', account, region, consumer, dependencies });
  };
  const tells = { BREAKER_NAME: 'orders' };

  test('a breaker that nobody feeds', () => {
    expect(() => synthesized((made) => breaker(made, {}))).toThrow(
      'test/breaker: consumer has a handler (orders) that tells this breaker of no failure, and no dependency has a tripAlarm',
    );
    expect(() => synthesized((made) => breaker(made, {}, { BREAKER_NAME: 'others' }))).toThrow(
      'tells this breaker of no',
    );
    synthesized((made) => breaker(made, {}, tells));
    const tripAlarm = { name: 'bank-down', arn: `arn:aws:cloudwatch:${region}:${account}:alarm:bank-down` };
    synthesized((made) => breaker(made, { tripAlarm }));
  });

  test('a scheduled release beside a breaker, in whatever order', () => {
    expect(() => synthesized((made) => breaker(made, {}, tells, 5))).toThrow(
      'test/breaker: queue is released by a circuit breaker, and by a schedule of test/redrive as well',
    );
  });

  test('a setting of a breaker, with its name, range and construct', () => {
    expect(() => synthesized((made) => breaker(made, { canaries: 30 }, tells))).toThrow(
      'test/breaker: dependencies: bank.canaries: Too big: expected number to be <=20',
    );
  });

  test('a role’s ARN where its name goes', () => {
    const roleName = `arn:aws:iam::${account}:role/orders`;
    expect(() => synthesized((made) => theirFunction(made, 'orders', { roleName }))).toThrow(
      `roleName is "${roleName}"; it takes the name of a role`,
    );
  });

  test('a bundle that is no zip archive', () => {
    expect(() => synthesized((made) => functionOf(made, { bundle: 'package.json' }))).toThrow(
      'package.json is no zip archive; bundleFunction of spillway/bundle makes one',
    );
  });

  test('too few invocations at once for a release', () => {
    const redrive = (reservedConcurrency: number | 'none') => (made: TerraformStack) =>
      new Redrive(made, 'redrive', {
        ...{ queue: theirs(), functionName: 'redrive', account, canary: { handler: theirFunction(made, 'canary') } },
        reservedConcurrency,
      });
    expect(() => synthesized(redrive(1))).toThrow('reservedConcurrency is 1; it takes 2 to 1,000, or "none"');
    const { reserved_concurrent_executions } = synthesized(redrive('none')).one(
      'aws_lambda_function',
      'handler/function',
    );
    expect(reserved_concurrent_executions).toBeUndefined();
  });
});

describe('what only Terraform knows passes, and stays what it is', () => {
  const number = (made: TerraformStack, name: string) =>
    new TerraformVariable(made, name, { type: 'number' }).numberValue;

  test('a batching window and a reserved concurrency', () => {
    const stack = synthesized((made) => {
      const handler = theirFunction(made, 'orders', { reservedConcurrency: number(made, 'reserved') });
      const queue = new TieredQueue(made, 'queue', { queueName: 'orders' });
      new Consumer(made, 'consumer', { queue, handler, batchSize: 100, batchingWindow: number(made, 'window') });
    });
    expect(stack.one('aws_lambda_event_source_mapping', 'mapping')).toMatchObject({
      maximum_batching_window_in_seconds: '${var.window}',
      scaling_config: { maximum_concurrency: '${var.reserved}' },
    });
  });

  test('the numbers of a breaker', () => {
    const stack = synthesized((made) => {
      const dependencies = {
        bank: { canary: { handler: theirFunction(made, 'canary') }, consecutiveFailures: number(made, 'failures') },
      };
      const { BREAKER_DEPENDENCIES } = breakerEnvironment({ breakerName: 'orders', dependencies });
      functionOf(made, { environment: { BANK_URL: BREAKER_DEPENDENCIES } });
    });
    const { environment } = stack.one('aws_lambda_function', 'made/function') as {
      environment: { variables: { BANK_URL: string } };
    };
    expect(environment.variables.BANK_URL).toContain('"consecutiveFailures":${var.failures}');
  });
});

describe('a protected consumer in strict order', () => {
  const made = (queue: object, ledgerDays?: number) =>
    synthesized((scope) => {
      const environment = { BANK_URL: 'https://bank.example.com' };
      new ProtectedConsumer(scope, 'invoices', {
        ...{
          name: 'invoices',
          contract: invoices,
          bundle: 'dist/invoices.zip',
          environment,
          account,
          queue,
          ledgerDays,
        },
        canary: theirFunction(scope, 'canary'),
      });
    });
  const told = (queue: object) =>
    (made(queue).one('aws_lambda_function', 'handler_function') as { environment: { variables: object } }).environment
      .variables;

  test('counts rounds by receives, because nothing is parked and released', () => {
    expect(told({ fifo: true, strictOrder: true })).toMatchObject({
      MAX_RECEIVE_COUNT: '1000',
      RECEIVES_PER_ROUND: '5',
    });
    expect(told({ fifo: true })).not.toHaveProperty('RECEIVES_PER_ROUND');
  });

  test('has a ledger that outlives the longest wait', () => {
    expect(() => made({ fifo: true, strictOrder: true }, 100)).toThrow('may be on its way for 126');
    expect(() => made({ fifo: true }, 100)).not.toThrow();
  });
});
