import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ExecutionAlreadyExists, SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { protect } from '../../../../functions/runtime/breaker/protect';
import type { BreakerRecord } from '../../../../functions/runtime/breaker/state';
import { orderHistory } from '../../../../functions/shop/order-history/contract';
import { CircuitBreaker } from '../../../../modules/circuit-breaker';
import { Consumer } from '../../../../modules/consumer';
import { LambdaFunction } from '../../../../modules/lambda-function';
import { TieredQueue } from '../../../../modules/tiered-queue';
import { synthesized } from '../../../modules/synthesized';
import { answer, output, tableInMemory } from './in-lambda';

/** What Lambda would have set; handlers read it when they are loaded. */
const environment = {
  BREAKER_NAME: 'orders',
  BREAKER_TABLE: 'breakers',
  BREAKER_DEPENDENCIES: JSON.stringify({ payment: {}, kitchen: { scope: 'call' } }),
  MAPPING_UUID: 'uuid',
  // Four days.
  MAIN_RETENTION_SECONDS: '345600',
  RECOVERY_ARN: 'arn:aws:states:eu-west-1:111111111111:stateMachine:orders-recovery',
  PARKED_QUEUE_ARN: 'arn:aws:sqs:eu-west-1:111111111111:orders-parked',
  PARKED_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111111111111/orders-parked',
  POWERTOOLS_SERVICE_NAME: 'circuit-breaker/some-function',
  AWS_REGION: 'eu-west-1',
};
Object.assign(process.env, environment);
const load = <Handler>(file: string): Handler =>
  require(`../../../../functions/operations/circuit-breaker/${file}/handler`).handler;
const reconcile = load<() => Promise<void>>('reconcile');
const announce = load<(event: object) => Promise<void>>('announce');
const hold = load<(request: object) => Promise<BreakerRecord[]>>('hold');

let written: ReturnType<typeof output>;

beforeEach(() => {
  written = output();
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** A state item as the table has it. */
const item = (dependency: string, state: string, more: object = {}) => ({
  dependency: { S: dependency },
  item: { S: 'state' },
  state: { S: state },
  evidence: { S: '5 calls in a row failed' },
  releasing: { BOOL: false },
  ...Object.fromEntries(
    Object.entries({ version: 1, term: 1, epoch: 1, since: 1_700_000_000_000, attempt: 1, retryAt: 9e12, run: 0 }).map(
      ([name, value]) => [name, { N: String(value) }],
    ),
  ),
  ...more,
});

/** What a breaker has to know of a call. */
const view = { isFailure: () => false, whenOpen: () => ({ kind: 'not asked' }) };

/** The alarms on the breaker's own metrics, as they are deployed. */
function alarms() {
  const stack = synthesized((scope) => {
    const queue = new TieredQueue(scope, 'orders', { queueName: 'orders' });
    const handler = new LambdaFunction(scope, 'handler', {
      contract: orderHistory,
      functionName: 'handler',
      description: 'Handles orders',
      environment: { ORDERS_TABLE: 'orders' },
    });
    const consumer = new Consumer(scope, 'consumer', { queue, handler, switchedAtRunTime: true });
    const canary = {
      handler: { arn: 'arn:aws:lambda:eu-west-1:111111111111:function:canary', functionName: 'canary' },
    };
    const tripAlarm = { name: 'failing', arn: 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:failing' };
    const dependencies = { payment: { canary, tripAlarm }, kitchen: { canary } };
    const where = { account: '111111111111', region: 'eu-west-1' };
    new CircuitBreaker(scope, 'breaker', { breakerName: 'orders', consumer, dependencies, ...where });
  });
  return stack
    .all('aws_cloudwatch_metric_alarm')
    .map(({ alarm_name, namespace, metric_name, dimensions }) => ({
      alarm: String(alarm_name),
      metric: { namespace, metricName: metric_name, dimensions },
    }))
    .filter(({ metric }) => !String(metric.namespace).startsWith('AWS/'));
}

describe('every alarm on a metric of the breaker', () => {
  test('watches one that the functions write: namespace, name and dimensions alike', async () => {
    const items = tableInMemory();
    items.set('payment state', item('payment', 'open'));
    answer(LambdaClient, () => ({ State: 'Disabled', ScalingConfig: { MaximumConcurrency: 2 } }));
    answer(SQSClient, () => ({ Results: [], Attributes: {} }));
    answer(SFNClient, () => ({}));
    await reconcile();
    const open = written.metrics.filter(({ metricName }) => metricName === 'BreakerOpen');
    expect(open.map(({ dimensions, value }) => `${dimensions.dependency} ${value}`)).toEqual([
      'payment 1',
      'kitchen 0',
    ]);

    // The wrapper in a consumer, whose table is out of reach.
    jest.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(() => Promise.reject(new Error('no table')));
    for (const dependency of ['payment', 'kitchen']) {
      const call = protect(
        dependency,
        async () => ({ kind: 'charged' }),
        view,
        environment,
        () => {},
      );
      expect(await call()).toMatchObject({ kind: 'charged' });
    }

    const found = written.metrics.map(({ value: _, ...metric }) => metric);
    const watched = alarms();
    expect(watched.map(({ alarm }) => alarm).sort()).toEqual([
      'orders-kitchen-open',
      'orders-kitchen-table-unreachable',
      'orders-payment-open',
      'orders-payment-table-unreachable',
    ]);
    for (const { metric } of watched) expect(found).toContainEqual(metric);
  });
});

describe('the reconciler', () => {
  test('says how all stand, and then fails, when one part did', async () => {
    tableInMemory().set('payment state', item('payment', 'open'));
    answer(LambdaClient, () => Promise.reject(new Error('AccessDenied: lambda')));
    answer(SQSClient, () => ({ Results: [], Attributes: {} }));
    const started: unknown[] = [];
    answer(SFNClient, (input) => void started.push(input.name));
    await expect(reconcile()).rejects.toThrow('AccessDenied: lambda');
    expect(started).toEqual(['payment-1-0']);
    expect(written.metrics.map(({ metricName, value }) => `${metricName} ${value}`)).toEqual([
      'BreakerOpen 1',
      'BreakerOpen 0',
    ]);
    expect(written.log.map(({ message }) => message)).toContain('a part of the reconciliation failed');
  });

  test('sees whether a recovery runs without what is encrypted of it', async () => {
    tableInMemory().set('payment state', item('payment', 'open'));
    answer(LambdaClient, () => ({ State: 'Disabled', ScalingConfig: { MaximumConcurrency: 2 } }));
    answer(SQSClient, () => ({ Results: [], Attributes: {} }));
    const described: unknown[] = [];
    answer(SFNClient, (input, command) => {
      if (command === 'StartExecutionCommand') {
        throw new ExecutionAlreadyExists({ message: 'exists', $metadata: {} });
      }
      described.push(input);
      return { status: 'RUNNING' };
    });
    await reconcile();
    expect(described).toEqual([
      {
        executionArn: 'arn:aws:states:eu-west-1:111111111111:execution:orders-recovery:payment-1-0',
        includedData: 'METADATA_ONLY',
      },
    ]);
  });
});

describe('a transition', () => {
  const write = (before: object | undefined, after: object) =>
    announce({ Records: [{ dynamodb: { OldImage: before, NewImage: after } }] });

  test('is an event, a metric and a line of the log, each with its evidence or its place', async () => {
    const sent: { Entries: { Source: string; DetailType: string; Detail: string }[] }[] = [];
    answer(EventBridgeClient, (input) => {
      sent.push(input as never);
      return { FailedEntryCount: 0 };
    });
    await write(undefined, item('payment', 'open'));
    const [entry] = sent[0]?.Entries ?? [];
    expect(entry).toMatchObject({ Source: 'spillway.circuit-breaker', DetailType: 'Circuit Breaker State Change' });
    expect(JSON.parse(String(entry?.Detail))).toEqual({
      breaker: 'orders',
      dependency: 'payment',
      from: 'closed',
      to: 'open',
      evidence: '5 calls in a row failed',
      term: 1,
      epoch: 1,
      version: 1,
      since: '2023-11-14T22:13:20.000Z',
    });
    expect(written.metrics).toEqual([
      {
        namespace: 'Spillway',
        metricName: 'BreakerTransitions',
        dimensions: { breaker: 'orders', dependency: 'payment' },
        value: 1,
      },
    ]);
    expect(written.log).toEqual([
      expect.objectContaining({
        message: 'circuit breaker payment: closed → open',
        evidence: '5 calls in a row failed',
      }),
    ]);
  });

  test('is a hold as well, set or lifted; a write that only counts is none', async () => {
    const sent: unknown[] = [];
    answer(EventBridgeClient, (input) => {
      sent.push(input);
      return { FailedEntryCount: 0 };
    });
    const hold = { M: { kind: { S: 'open' }, who: { S: 'ada' }, why: { S: 'a drill' }, until: { N: '9' } } };
    await write(item('payment', 'open'), item('payment', 'open', { run: { N: '1' }, version: { N: '2' } }));
    expect(sent).toHaveLength(0);
    await write(item('payment', 'open'), item('payment', 'open', { hold }));
    await write(item('payment', 'open', { hold }), item('payment', 'open'));
    expect(sent).toHaveLength(2);
  });

  test('that EventBridge did not take is told again: the stream delivers what failed', async () => {
    answer(EventBridgeClient, () => ({ FailedEntryCount: 1, Entries: [{ ErrorMessage: 'throttled' }] }));
    await expect(write(undefined, item('payment', 'open'))).rejects.toThrow('throttled');
    expect(written.metrics).toEqual([]);
  });
});

describe('a hold', () => {
  const person = { dependency: 'payment', who: 'ada', why: 'a drill' };
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  test('ends a week from now at the latest', async () => {
    tableInMemory();
    await expect(hold({ operation: 'breaker-hold', ...person, hold: 'open', until: inHours(168.1) })).rejects.toThrow(
      'until: at most 168 hours ahead',
    );
    expect(await hold({ operation: 'breaker-hold', ...person, hold: 'closed', until: inHours(167.9) })).toMatchObject([
      { state: 'closed', hold: { kind: 'closed', who: 'ada', why: 'a drill' } },
    ]);
  });

  test('does not outlive what waits in the main queue for its end', async () => {
    tableInMemory();
    await expect(hold({ operation: 'breaker-hold', ...person, hold: 'open', until: inHours(96.1) })).rejects.toThrow(
      /^until: SQS keeps what waits in the main queue for 345600 s, and would delete the first of it from \S+Z on\. Hold/,
    );
    expect(await hold({ operation: 'breaker-hold', ...person, hold: 'open', until: inHours(95.9) })).toMatchObject([
      { state: 'open' },
    ]);
  });

  test('counts what has waited since the breaker opened', async () => {
    const opened = { since: { N: String(Date.now() - 90 * 3_600_000) } };
    tableInMemory().set('payment state', item('payment', 'open', opened));
    await expect(hold({ operation: 'breaker-hold', ...person, hold: 'open', until: inHours(7) })).rejects.toThrow(
      'until: SQS keeps',
    );
    expect(await hold({ operation: 'breaker-hold', ...person, hold: 'open', until: inHours(5) })).toMatchObject([
      { state: 'open' },
    ]);
  });

  test('has a person, a reason, an end, and a dependency that there is', async () => {
    tableInMemory();
    const until = inHours(1);
    for (const wrong of [
      { hold: 'open', until, who: '' },
      { hold: 'shut', until },
      { hold: 'open' },
      { hold: 'open', until: 'soon' },
    ])
      await expect(hold({ operation: 'breaker-hold', ...person, ...wrong })).rejects.toThrow(/Allowed: /);
    await expect(
      hold({ operation: 'breaker-hold', ...person, dependency: 'oven', hold: 'open', until }),
    ).rejects.toThrow('no dependency "oven"; there is: payment, kitchen');
    await expect(hold({ operation: 'breaker-hold', ...person, hold: 'open', until: inHours(-1) })).rejects.toThrow(
      'over before it began',
    );
    await expect(hold({ operation: 'breaker-lift', ...person })).rejects.toThrow('payment: nothing is held');
  });

  test('stands until it is lifted or replaced, and asked again after a lost answer it is the same one', async () => {
    tableInMemory();
    const ada = { operation: 'breaker-hold', ...person, hold: 'open', until: inHours(2) };
    const bob = { ...ada, who: 'bob', hold: 'closed', until: inHours(1) };
    await hold(ada);
    expect(await hold(ada)).toMatchObject([{ hold: { who: 'ada' } }]);
    await expect(hold(bob)).rejects.toThrow(/held open by ada until \S+: a drill\. Lift that hold, or replace it/);
    expect(await hold({ ...bob, replace: true })).toMatchObject([{ state: 'closed', hold: { who: 'bob' } }]);
  });

  test('is asked for by name: what is meant for another function does nothing here', async () => {
    tableInMemory();
    await expect(hold({ operation: 'redrive' })).rejects.toThrow('the request is for "redrive"');
    await expect(hold({})).rejects.toThrow('the request names no operation');
  });

  test('is not needed to look: a status says how all stand', async () => {
    tableInMemory().set('payment state', item('payment', 'open'));
    expect(
      (await hold({ operation: 'breaker-status' })).map(({ dependency, state }) => `${dependency} ${state}`),
    ).toEqual(['payment open', 'kitchen closed']);
  });
});

describe('protect', () => {
  const ask = async () => ({ kind: 'charged' });

  test('without a breaker in the environment returns the call itself; with half of one it refuses', () => {
    expect(protect('payment', ask, view, {}, () => {})).toBe(ask);
    expect(() => protect('payment', ask, view, { BREAKER_TABLE: 'breakers' }, () => {})).toThrow(
      'needs all of BREAKER_NAME, BREAKER_TABLE, BREAKER_DEPENDENCIES',
    );
  });

  test('refuses a dependency that the environment does not name', () => {
    expect(() => protect('oven', ask, view, environment, () => {})).toThrow('BREAKER_DEPENDENCIES has no "oven"');
  });
});
