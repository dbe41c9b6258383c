import { setTimeout as wait } from 'node:timers/promises';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { OnEmulator, until } from './on-emulator';

/** What we rely on of the emulator. A newer MiniStack has to pass this before its version is raised. */
const on = OnEmulator.forThisFile();

const send = async (QueueUrl: string, ...bodies: string[]) => {
  const Entries = bodies.map((MessageBody, index) => ({ Id: `m${index}`, MessageBody }));
  const { Successful = [] } = await on.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  return Successful.map(({ MessageId = '' }) => MessageId);
};

describe('SQS', () => {
  it('moves a message to the dead letters after maxReceiveCount receives, with its id and attributes', async () => {
    const { main, parked } = await on.withDeadLetters(2);
    const [id] = await send(main.url, 'x');
    expect(await on.receive(main.url, 0)).toHaveLength(1);
    expect(await on.receive(main.url, 0)).toHaveLength(1);
    expect(await on.receive(main.url, 0)).toHaveLength(0);
    const [letter] = await on.receive(parked.url);
    expect(letter?.MessageId).toBe(id);
    expect(letter?.Attributes?.DeadLetterQueueSourceArn).toBe(main.arn);
    expect(letter?.Attributes?.ApproximateReceiveCount).toBe('3');
  });

  it('hides a message for the visibility timeout, and for what ChangeMessageVisibility says', async () => {
    const { url } = await on.queue({ VisibilityTimeout: '1' });
    await send(url, 'x');
    const receive = async () => (await on.receive(url, 1))[0];
    const first = await receive();
    expect(await receive()).toBeUndefined();
    await wait(1100);
    const second = await receive();
    expect(second?.MessageId).toBe(first?.MessageId);
    const { ReceiptHandle } = second ?? {};
    await on.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
    expect((await receive())?.MessageId).toBe(first?.MessageId);
  });

  it('succeeds in deleting what is deleted already', async () => {
    const { url } = await on.queue();
    await send(url, 'x');
    const [{ ReceiptHandle } = {}] = await on.receive(url);
    await on.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    await expect(on.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))).resolves.toBeDefined();
    const Entries = [{ Id: 'a', ReceiptHandle }];
    const batch = await on.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    expect(batch.Successful).toEqual([{ Id: 'a' }]);
    expect(batch.Failed ?? []).toEqual([]);
  });

  it('keeps a message whose outdated handle is used to delete it', async () => {
    const { url } = await on.queue();
    await send(url, 'x');
    const [{ ReceiptHandle } = {}] = await on.receive(url, 0);
    await on.receive(url, 0);
    await on.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    expect(await on.depth(url)).toEqual({ waiting: 1, inFlight: 0 });
  });

  it('loses nothing when messages are sent while others are received, deleted and moved', async () => {
    const { main, parked } = await on.withDeadLetters(2);
    const bodies = Array.from({ length: 300 }, (_, index) => `${index}`);
    const seen = new Set<string>();
    let sending = true;
    const sender = (async () => {
      for (let from = 0; from < bodies.length; from += 10) await send(main.url, ...bodies.slice(from, from + 10));
      sending = false;
    })();
    const receiver = async (url: string, deleteEach: boolean) => {
      while (sending || (await on.depth(url)).waiting > 0) {
        for (const { Body = '', ReceiptHandle } of await on.receive(url, deleteEach ? 60 : 0)) {
          if (!deleteEach && Number(Body) % 3 !== 0) continue;
          seen.add(Body);
          await on.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
        }
      }
    };
    await Promise.all([sender, receiver(main.url, false), receiver(main.url, false), receiver(parked.url, true)]);
    await receiver(main.url, true);
    await receiver(parked.url, true);
    expect(seen.size).toBe(bodies.length);
  });

  it('refuses a dead-letter queue that doesn’t allow it', async () => {
    const parked = await on.queue({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: parked.arn, maxReceiveCount: 3 });
    await expect(on.queue({ RedrivePolicy })).rejects.toMatchObject({ name: 'InvalidParameterValue' });

    const main = await on.queue();
    const use = () => on.sqs.send(new SetQueueAttributesCommand({ QueueUrl: main.url, Attributes: { RedrivePolicy } }));
    await expect(use()).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const allow = async (sourceQueueArns: string[]) => {
      const RedriveAllowPolicy = JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns });
      await on.sqs.send(new SetQueueAttributesCommand({ QueueUrl: parked.url, Attributes: { RedriveAllowPolicy } }));
    };
    await allow(['arn:aws:sqs:us-east-1:000000000000:another']);
    await expect(use()).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await allow([main.arn]);
    await expect(use()).resolves.toBeDefined();
  });

  it('refuses dead letters of the other type, both ways', async () => {
    const standard = await on.queue();
    const fifo = await on.queue({ FifoQueue: 'true' });
    const to = (deadLetterTargetArn: string) => JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
    await expect(on.queue({ RedrivePolicy: to(fifo.arn) })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(on.queue({ FifoQueue: 'true', RedrivePolicy: to(standard.arn) })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(on.queue({ FifoQueue: 'true', RedrivePolicy: to(fifo.arn) })).resolves.toBeDefined();
  });

  it('takes a message of 1,048,576 bytes and refuses one more', async () => {
    const { url } = await on.queue();
    const message = (length: number) => new SendMessageCommand({ QueueUrl: url, MessageBody: 'x'.repeat(length) });
    await expect(on.sqs.send(message(1_048_576))).resolves.toBeDefined();
    await expect(on.sqs.send(message(1_048_577))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('keeps the order within a FIFO group and takes a repeated message once', async () => {
    const { url } = await on.queue({ FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    for (const MessageBody of ['1', '2', '2', '3']) {
      await on.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, MessageGroupId: 'g' }));
    }
    expect((await on.receive(url)).map(({ Body }) => Body)).toEqual(['1', '2', '3']);
  });

  it('is one queue per region', async () => {
    const { SQSClient } = await import('@aws-sdk/client-sqs');
    await on.sqs.send(new CreateQueueCommand({ QueueName: 'here' }));
    const elsewhere = on.client(SQSClient, 'eu-west-1');
    await expect(elsewhere.send(new GetQueueUrlCommand({ QueueName: 'here' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });
});

describe('Lambda', () => {
  it('gives a function its environment, the emulator’s address and the region, and no account of this machine', async () => {
    const { name } = await on.deployFunction(
      'exports.handler = async () => Object.fromEntries(Object.entries(process.env).filter(([key]) => /^(AWS_|HOME$|GREETING$)/.test(key)));',
      3,
      { GREETING: 'hello' },
    );
    const { body } = await on.invoke(name);
    expect(body).toMatchObject({ GREETING: 'hello', AWS_ENDPOINT_URL: on.endpoint, AWS_REGION: 'us-east-1' });
    expect(body.HOME).not.toBe(process.env.HOME);
    expect(body.AWS_PROFILE).toBeUndefined();
  });

  it('keeps the name of a thrown error', async () => {
    const { name } = await on.deployFunction(
      "exports.handler = async () => { const error = new Error('no money'); error.name = 'CardDeclined'; throw error; };",
    );
    expect(await on.invoke(name)).toMatchObject({
      functionError: 'Unhandled',
      body: { errorType: 'CardDeclined', errorMessage: 'no money' },
    });
  });

  it('ends a function at its time-out, also one that never yields', async () => {
    const hang = await on.deployFunction('exports.handler = () => new Promise(() => {});', 1);
    const spin = await on.deployFunction('exports.handler = async () => { for (;;); };', 1);
    const started = Date.now();
    const [hung, spun] = await Promise.all([on.invoke(hang.name), on.invoke(spin.name)]);
    for (const { body } of [hung, spun]) expect(body.errorMessage).toContain('Task timed out after 1.00 seconds');
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('says that the process has ended, and starts another for the next invocation', async () => {
    const { name } = await on.deployFunction(
      "exports.handler = async ({ die }) => { if (die) process.kill(process.pid, 'SIGKILL'); return 'alive'; };",
    );
    expect(await on.invoke(name, {})).toMatchObject({ body: 'alive' });
    expect(await on.invoke(name, { die: true })).toMatchObject({ body: { errorType: 'Runtime.ExitError' } });
    expect(await on.invoke(name, {})).toMatchObject({ body: 'alive' });
  });

  it('refuses invocations above the reserved concurrency', async () => {
    const { name } = await on.deployFunction('exports.handler = () => new Promise((r) => setTimeout(r, 800));');
    const FunctionName = name;
    await on
      .client(LambdaClient)
      .send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 }));
    const first = on.invoke(name);
    await wait(300);
    await expect(on.invoke(name)).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await first;
  });

  it('is recorded: function, duration, outcome, records', async () => {
    const since = Date.now();
    const fine = await on.deployFunction('exports.handler = () => new Promise((r) => setTimeout(r, 300));');
    const wrong = await on.deployFunction("exports.handler = async () => { throw new Error('no'); };");
    const slow = await on.deployFunction('exports.handler = () => new Promise(() => {});', 1);
    await on.invoke(fine.name);
    await on.invoke(wrong.name, { Records: [{ messageId: 'a' }, { messageId: 'b' }] });
    await on.invoke(slow.name, { Records: [{ messageId: 'a' }] });
    const recorded = await on.invocations(since);
    expect(recorded).toEqual([
      expect.objectContaining({ functionName: fine.name, outcome: 'ok', records: 0, failedRecords: 0 }),
      expect.objectContaining({ functionName: wrong.name, outcome: 'error', records: 2, failedRecords: 2 }),
      expect.objectContaining({ functionName: slow.name, outcome: 'timeout', records: 1, failedRecords: 1 }),
    ]);
    expect(recorded[0]?.durationMs).toBeGreaterThanOrEqual(300);
    expect(recorded[2]?.durationMs).toBeGreaterThanOrEqual(1000);
    expect(await on.invocations(Date.now())).toEqual([]);
  });

  it('is told while it runs, and not after', async () => {
    const { name } = await on.deployFunction('exports.handler = () => new Promise(() => {});', 1);
    const invoked = on.invoke(name, { Records: [{ messageId: 'a' }] }).catch(() => {});
    const running = await until('it runs', on.running, ({ length }) => length > 0);
    expect(running).toEqual([expect.objectContaining({ functionName: name, records: 1 })]);
    await invoked;
    expect(await on.running()).toEqual([]);
  });
});

describe('an event source mapping', () => {
  const connect = async (
    queue: { arn: string },
    target: { name: string },
    settings: Partial<CreateEventSourceMappingCommandInput> = {},
  ) => {
    const input = { EventSourceArn: queue.arn, FunctionName: target.name, ...settings };
    return (await on.client(LambdaClient).send(new CreateEventSourceMappingCommand(input))).UUID ?? '';
  };
  const PARTIAL = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] };
  const invoked = (name: string) => async () =>
    (await on.invocations(0)).filter(({ functionName }) => functionName === name);

  it('hands back the messages that the function names, and deletes the others', async () => {
    const queue = await on.queue({ VisibilityTimeout: '30' });
    const target = await on.deployFunction(
      "exports.handler = async ({ Records }) => ({ batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })) });",
    );
    await send(queue.url, 'good', 'bad', 'fine');
    await connect(queue, target, PARTIAL);
    const [invocation] = await until('the batch was handled', invoked(target.name), (seen) => seen.length > 0);
    expect(invocation).toMatchObject({ outcome: 'ok', records: 3, failedRecords: 1 });
    await until(
      'only the bad one is left',
      () => on.depth(queue.url),
      ({ waiting, inFlight }) => waiting === 0 && inFlight === 1,
    );
  });

  it.each([
    ['an empty identifier', "{ itemIdentifier: '' }"],
    ['a null identifier', '{ itemIdentifier: null }'],
    ['an identifier that is not in the batch', "{ itemIdentifier: 'nobody' }"],
    ['another key', "{ messageId: 'x' }"],
  ])('takes %s as a failure of the whole batch', async (_, failure) => {
    const queue = await on.queue({ VisibilityTimeout: '30' });
    const target = await on.deployFunction(`exports.handler = async () => ({ batchItemFailures: [${failure}] });`);
    await send(queue.url, 'a', 'b');
    await connect(queue, target, PARTIAL);
    const [invocation] = await until('the batch was handled', invoked(target.name), (seen) => seen.length > 0);
    expect(invocation).toMatchObject({ records: 2, failedRecords: 2 });
    await wait(300);
    expect(await on.depth(queue.url)).toEqual({ waiting: 0, inFlight: 2 });
  });

  it('hands back the whole batch after an error, and delivers it again when its visibility ends', async () => {
    const queue = await on.queue({ VisibilityTimeout: '1' });
    const target = await on.deployFunction(
      "exports.handler = async ({ Records }) => { if (Records[0].attributes.ApproximateReceiveCount === '1') throw new Error('later'); };",
    );
    await send(queue.url, 'a');
    await connect(queue, target);
    const seen = await until('delivered twice', invoked(target.name), ({ length }) => length === 2);
    expect(seen.map(({ outcome }) => outcome)).toEqual(['error', 'ok']);
    expect((seen[1]?.startedAt ?? 0) - (seen[0]?.startedAt ?? 0)).toBeGreaterThanOrEqual(1000);
    await until(
      'it is done',
      () => on.depth(queue.url),
      ({ waiting, inFlight }) => waiting + inFlight === 0,
    );
  });

  it('stops when disabled and goes on when enabled, without spending receives in between', async () => {
    const queue = await on.queue();
    const target = await on.deployFunction(
      'exports.handler = async ({ Records }) => Records[0].attributes.ApproximateReceiveCount;',
    );
    const UUID = await connect(queue, target, { Enabled: false });
    await send(queue.url, 'waiting');
    await wait(1500);
    expect(await invoked(target.name)()).toEqual([]);
    expect(await on.depth(queue.url)).toEqual({ waiting: 1, inFlight: 0 });
    await on.client(LambdaClient).send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await until('delivered', invoked(target.name), ({ length }) => length === 1);
  });

  it('keeps to its maximum concurrency', async () => {
    const queue = await on.queue();
    const target = await on.deployFunction('exports.handler = () => new Promise((r) => setTimeout(r, 400));');
    await send(queue.url, ...Array.from({ length: 8 }, (_, index) => `${index}`));
    await connect(queue, target, { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    const seen = await until('all delivered', invoked(target.name), ({ length }) => length === 8);
    const atOnce = (moment: number) =>
      seen.filter(({ startedAt, durationMs }) => startedAt <= moment && moment < startedAt + durationMs).length;
    expect(Math.max(...seen.map(({ startedAt }) => atOnce(startedAt)))).toBe(2);
  });

  it('waits for its window and collects more than ten in it', async () => {
    const queue = await on.queue();
    const target = await on.deployFunction('exports.handler = async () => {};');
    await connect(queue, target, { BatchSize: 50, MaximumBatchingWindowInSeconds: 2 });
    const started = Date.now();
    await send(queue.url, ...Array.from({ length: 10 }, (_, index) => `${index}`));
    await send(queue.url, 'eleven', 'twelve');
    const [invocation] = await until('the batch was delivered', invoked(target.name), ({ length }) => length > 0);
    expect(invocation?.records).toBe(12);
    expect((invocation?.startedAt ?? 0) - started).toBeGreaterThanOrEqual(1900);
  });

  it('passes a filter’s messages and drops the others', async () => {
    const queue = await on.queue();
    const target = await on.deployFunction('exports.handler = async () => {};');
    await send(queue.url, JSON.stringify({ kind: 'a' }), JSON.stringify({ kind: 'b' }));
    const Filters = [{ Pattern: JSON.stringify({ body: { kind: ['a'] } }) }];
    await connect(queue, target, { FilterCriteria: { Filters } });
    const [invocation] = await until('delivered', invoked(target.name), ({ length }) => length > 0);
    expect(invocation?.records).toBe(1);
    await until(
      'both are gone',
      () => on.depth(queue.url),
      ({ waiting, inFlight }) => waiting + inFlight === 0,
    );
  });
});

describe('an HTTP API that sends to SQS', () => {
  const api = async (parameters: Record<string, string>, logged?: string) => {
    const gateway = on.client(ApiGatewayV2Client);
    const { ApiId } = await gateway.send(new CreateApiCommand({ Name: on.name('api'), ProtocolType: 'HTTP' }));
    const { IntegrationId } = await gateway.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationSubtype: 'SQS-SendMessage',
        PayloadFormatVersion: '1.0',
        CredentialsArn: 'arn:aws:iam::000000000000:role/test',
        RequestParameters: parameters,
      }),
    );
    await gateway.send(
      new CreateRouteCommand({ ApiId, RouteKey: 'POST /orders', Target: `integrations/${IntegrationId}` }),
    );
    const AccessLogSettings =
      logged === undefined
        ? undefined
        : {
            DestinationArn: `arn:aws:logs:us-east-1:000000000000:log-group:${logged}`,
            Format:
              '{"route":"$context.routeKey","status":"$context.status","integrationError":"$context.integrationErrorMessage"}',
          };
    await gateway.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true, AccessLogSettings }));
    return (body: string, headers: Record<string, string> = {}) =>
      fetch(`${on.endpoint}/_aws/execute-api/${ApiId}/orders`, { method: 'POST', body, headers });
  };

  it('turns the body into a message as it is, and answers as SQS does', async () => {
    const { url } = await on.queue();
    const post = await api({ QueueUrl: url, MessageBody: '$request.body' });
    const body = '{"name": "Zoë ☕", "note": "a & b < c"}';
    const response = await post(body, { 'content-type': 'application/json' });
    expect(response.status).toBe(200);
    const [message] = await on.receive(url);
    expect(message?.Body).toBe(body);
    expect(await response.text()).toContain(`<MessageId>${message?.MessageId}</MessageId>`);
  });

  it('takes group and deduplication ids from the body, and attributes from the request', async () => {
    const { url } = await on.queue({ FifoQueue: 'true' });
    const post = await api({
      QueueUrl: url,
      MessageBody: '$request.body',
      MessageGroupId: '$request.body.customer',
      MessageDeduplicationId: '$request.body.orderId',
      MessageAttributes: '{"agent":{"DataType":"String","StringValue":"${request.header.x-agent}"}}',
    });
    for (const orderId of ['1', '1', '2']) {
      const response = await post(JSON.stringify({ orderId, customer: 'Ada' }), { 'x-agent': 'till 3' });
      expect(response.status).toBe(200);
    }
    const messages = await on.receive(url);
    expect(messages.map(({ Body = '' }) => JSON.parse(Body).orderId)).toEqual(['1', '2']);
    expect(messages[0]?.Attributes?.MessageGroupId).toBe('Ada');
    expect(messages[0]?.MessageAttributes?.agent?.StringValue).toBe('till 3');
  });

  it.each([
    ['too large', 'x'.repeat(1_048_577), 'InvalidParameterValue'],
    ['empty', '', 'MissingParameter'],
    ['a character that SQS doesn’t take', 'a\u0000b', 'InvalidMessageContents'],
  ])('hands on SQS’s refusal of a body that is %s', async (_, body, code) => {
    const { url } = await on.queue();
    const post = await api({ QueueUrl: url, MessageBody: '$request.body' });
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
    expect(await on.depth(url)).toEqual({ waiting: 0, inFlight: 0 });
  });

  it('writes each request into the access log, where a JSON pattern finds what was refused', async () => {
    const { url } = await on.queue();
    const logs = on.client(CloudWatchLogsClient);
    const logGroupName = on.name('access');
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    const post = await api({ QueueUrl: url, MessageBody: '$request.body' }, logGroupName);
    for (const body of ['taken', '']) await post(body);
    const found = async (filterPattern: string) => {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern }));
      return events.map(({ message = '' }) => JSON.parse(message));
    };
    const refused = {
      ...{ route: 'POST /orders', status: '400' },
      integrationError: expect.stringMatching(/^MissingParameter: /),
    };
    expect(await found('')).toEqual([{ route: 'POST /orders', status: '200', integrationError: '-' }, refused]);
    expect(await found('{ ($.route = "POST /orders") && ($.status != "200") }')).toEqual([refused]);
  });
});

describe('Step Functions', () => {
  const run = async (definition: object) => {
    const states = on.client(SFNClient);
    const roleArn = 'arn:aws:iam::000000000000:role/test';
    const machine = { name: on.name('machine'), definition: JSON.stringify(definition), roleArn };
    const { stateMachineArn } = await states.send(new CreateStateMachineCommand(machine));
    const { executionArn } = await states.send(
      new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{}' }),
    );
    return until(
      'the execution has ended',
      () => states.send(new DescribeExecutionCommand({ executionArn })),
      ({ status }) => status !== 'RUNNING',
    );
  };

  it('catches an error by its name', async () => {
    const declined = await on.deployFunction(
      "exports.handler = async () => { const error = new Error('no'); error.name = 'CardDeclined'; throw error; };",
    );
    const { status, output } = await run({
      StartAt: 'Pay',
      States: {
        Pay: {
          Type: 'Task',
          Resource: declined.arn,
          End: true,
          Catch: [
            { ErrorEquals: ['CardDeclined'], Next: 'Declined' },
            { ErrorEquals: ['States.ALL'], Next: 'Other' },
          ],
        },
        Declined: { Type: 'Pass', Result: 'declined', End: true },
        Other: { Type: 'Pass', Result: 'other', End: true },
      },
    });
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '"declined"' });
  });

  it('retries as told, then fails with the error’s name', async () => {
    const failing = await on.deployFunction(
      "exports.handler = async () => { const error = new Error('no'); error.name = 'Flaky'; throw error; };",
    );
    const { status, error } = await run({
      StartAt: 'Try',
      States: {
        Try: {
          Type: 'Task',
          Resource: failing.arn,
          End: true,
          Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }],
        },
      },
    });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Flaky' });
    const tries = (await on.invocations(0)).filter(({ functionName }) => functionName === failing.name);
    expect(tries).toHaveLength(3);
  });
});

it('DynamoDB: of many writers with the same condition one succeeds', async () => {
  const dynamodb = on.client(DynamoDBClient);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'counters',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const claim = (who: string) =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName: 'counters',
        Key: { id: { S: 'lock' } },
        UpdateExpression: 'SET holder = :who',
        ConditionExpression: 'attribute_not_exists(holder)',
        ExpressionAttributeValues: { ':who': { S: who } },
      }),
    );
  const claims = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(claim));
  const refused = claims.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(4);
  for (const { reason } of refused as PromiseRejectedResult[])
    expect(reason).toBeInstanceOf(ConditionalCheckFailedException);
});

test('CloudWatch is asked and answers in CBOR, as Terraform asks it about alarms', async () => {
  const cloudwatch = on.client(CloudWatchClient);
  for (const AlarmName of ['wanted', 'another']) {
    const alarm = { Namespace: 'n', MetricName: 'm', Period: 60, EvaluationPeriods: 1, Threshold: 1 };
    await cloudwatch.send(
      new PutMetricAlarmCommand({ ...alarm, AlarmName, Statistic: 'Sum', ComparisonOperator: 'GreaterThanThreshold' }),
    );
  }
  // RFC 8949: a byte says what follows and how long it is, up to 23.
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
  const answer = await fetch(`${on.endpoint}/service/GraniteServiceVersion20100801/operation/DescribeAlarms`, {
    method: 'POST',
    headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor', accept: 'application/cbor' },
    body: Buffer.concat([Buffer.from([0xa1]), text('AlarmNames'), Buffer.from([0x81]), text('wanted')]),
  });
  expect(answer.headers.get('content-type')).toBe('application/cbor');
  const body = Buffer.from(await answer.arrayBuffer());
  expect(body.includes(Buffer.concat([text('AlarmName'), text('wanted')]))).toBe(true);
  expect(body.includes('another')).toBe(false);
});
