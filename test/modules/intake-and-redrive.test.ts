import { orderHistory } from '../../functions/shop/order-history/contract';
import { type Authorization, HttpIntake, type HttpIntakeProps } from '../../modules/http-intake';
import { LambdaFunction } from '../../modules/lambda-function';
import { Redrive, type RedriveProps } from '../../modules/redrive';
import { TieredQueue } from '../../modules/tiered-queue';
import { allowed, synthesized } from './synthesized';

const none: Authorization = { kind: 'none', reason: 'for this test' };

const intake = (change: Partial<Omit<HttpIntakeProps, 'queue' | 'history'>> = {}, fifo = false) =>
  synthesized((scope) => {
    const history = new LambdaFunction(scope, 'history', {
      contract: orderHistory,
      functionName: 'history',
      description: 'Answers the history',
      environment: { ORDERS_TABLE: 'orders' },
    });
    const queue = new TieredQueue(scope, 'orders', { queueName: 'orders', fifo });
    new HttpIntake(scope, 'intake', {
      apiName: 'shop',
      path: 'orders',
      queue,
      history,
      authorization: none,
      ...change,
    });
  });

describe('intake', () => {
  test('an order becomes a message with no code between', () => {
    expect(intake().one('aws_apigatewayv2_integration', 'send')).toMatchObject({
      integration_subtype: 'SQS-SendMessage',
      request_parameters: { MessageBody: '$request.body', QueueUrl: expect.stringContaining('orders_main') },
    });
  });

  test('for a FIFO queue the business id groups and deduplicates', () => {
    expect(intake({}, true).one('aws_apigatewayv2_integration', 'send').request_parameters).toMatchObject({
      MessageGroupId: '$request.body.id',
      MessageDeduplicationId: '$request.body.id',
    });
  });

  test('its role may send to this queue and nothing else', () => {
    expect(allowed(intake(), 'intake/policy').map((line) => line.replace(/_[0-9A-F]{8}/, ''))).toEqual([
      'sqs:GetQueueAttributes on ${aws_sqs_queue.orders_main.arn}',
      'sqs:SendMessage on ${aws_sqs_queue.orders_main.arn}',
    ]);
  });

  test.each<[Authorization, string]>([
    [{ kind: 'iam' }, 'AWS_IAM'],
    [{ kind: 'jwt', issuer: 'https://login.example.com', audience: ['shop'] }, 'JWT'],
    [none, 'NONE'],
  ])('%j holds for every route', (authorization, type) => {
    const routes = intake({ authorization }).all('aws_apigatewayv2_route');
    expect(routes.map(({ route_key }) => route_key).sort()).toEqual([
      'GET /orders',
      'GET /orders/{id}',
      'POST /orders',
    ]);
    for (const route of routes) {
      expect(route.authorization_type).toBe(type);
      expect('authorizer_id' in route).toBe(type === 'JWT');
    }
  });

  test('requests are throttled and logged', () => {
    expect(intake().one('aws_apigatewayv2_stage', 'stage')).toMatchObject({
      default_route_settings: { throttling_rate_limit: 100, throttling_burst_limit: 200 },
      access_log_settings: { destination_arn: expect.stringContaining('access-logs') },
    });
  });

  describe('orders that never get into the queue ring', () => {
    const stack = intake({ alarmActions: ['arn:aws:sns:us-east-1:000000000000:night'] });
    const alarm = (name: string) => {
      const found = stack.all('aws_cloudwatch_metric_alarm').find(({ alarm_name }) => alarm_name === name);
      expect(found?.alarm_actions).toEqual(['arn:aws:sns:us-east-1:000000000000:night']);
      return found;
    };

    test('when the API answers with 5xx', () => {
      expect(alarm('shop-intake-failing')).toMatchObject({
        ...{ namespace: 'AWS/ApiGateway', metric_name: '5xx', statistic: 'Sum', threshold: 0 },
        dimensions: { ApiId: expect.stringContaining('aws_apigatewayv2_api') },
      });
    });

    test('when what known callers send is refused', () => {
      expect(alarm('shop-intake-refused')).toMatchObject({
        ...{ namespace: 'Spillway', metric_name: 'OrdersRefused', dimensions: { api: 'shop' }, threshold: 2 },
      });
    });

    test('when hardly anybody is let in, and not for one caller', () => {
      expect(alarm('shop-intake-unauthorized')?.metric_query).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ expression: 'IF(unauthorized >= 3, 100 * unauthorized / posted, 0)' }),
        ]),
      );
    });

    test('counted in the access log, whose lines have what the filters ask for', () => {
      const { access_log_settings } = stack.one('aws_apigatewayv2_stage', 'stage') as {
        access_log_settings: { format: string };
      };
      const line = JSON.parse(access_log_settings.format);
      expect(line).toMatchObject({ api: 'shop', route: '$context.routeKey', status: '$context.status' });
      for (const { pattern, metric_transformation } of stack.all('aws_cloudwatch_log_metric_filter')) {
        const asked = [...`${pattern} ${JSON.stringify(metric_transformation)}`.matchAll(/\$\.(\w+)/g)];
        expect(Object.keys(line)).toEqual(expect.arrayContaining(asked.map(([, field]) => field)));
      }
    });
  });

  test('it takes whatever its path and id say, and reads nothing where nobody answers', () => {
    const stack = synthesized((scope) => {
      const queue = new TieredQueue(scope, 'invoices', { queueName: 'invoices', fifo: true });
      const what = { path: 'invoices', idField: 'invoiceNumber' };
      new HttpIntake(scope, 'intake', { apiName: 'books', queue, authorization: none, ...what });
    });
    expect(stack.all('aws_apigatewayv2_route').map(({ route_key }) => route_key)).toEqual(['POST /invoices']);
    expect(stack.one('aws_apigatewayv2_integration', 'send').request_parameters).toMatchObject({
      MessageGroupId: '$request.body.invoiceNumber',
    });
    expect(JSON.stringify(stack.all('aws_cloudwatch_log_metric_filter'))).toContain('POST /invoices');
    expect(JSON.stringify(stack.all('aws_apigatewayv2_route'))).not.toContain('orders');
  });

  const cors = (change: Partial<HttpIntakeProps>) =>
    intake(change).one('aws_apigatewayv2_api', 'api').cors_configuration as Record<string, unknown> | undefined;

  test('pages of other origins may call only where they are named, with the headers that the authorization needs', () => {
    expect(cors({})).toBeUndefined();
    const allowedOrigins = ['https://shop.example.com'];
    const headers = ['authorization', 'content-type'];
    expect(cors({ allowedOrigins })).toEqual({
      ...{ allow_origins: allowedOrigins, allow_methods: ['GET', 'POST'], allow_headers: headers, max_age: 3600 },
    });
    // What a browser signs a request with; it asks first whether it may send it.
    expect(cors({ allowedOrigins, authorization: { kind: 'iam' } })).toMatchObject({
      allow_headers: [...headers, 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'],
    });
  });

  test.each<[Partial<HttpIntakeProps>, string]>([
    [{ apiName: 'a'.repeat(58) }, 'it takes 1 to 57 letters'],
    [{ path: 'in/voices' }, 'path is "in/voices"'],
    [{ logRetentionDays: 42 }, 'logRetentionDays is 42 days'],
    [{ authorization: { kind: 'jwt', issuer: 'login', audience: ['shop'] } }, 'has the issuer "login"'],
    [{ authorization: { kind: 'jwt', issuer: 'https://login.example.com', audience: [] } }, 'has an empty audience'],
    [{ authorization: { kind: 'jwt', issuer: 'https://login.example.com', audience: [''] } }, 'has an empty audience'],
    [{ throttleRate: 0 }, 'throttleRate is 0 requests a second'],
    [{ throttleBurst: 5001 }, 'throttleBurst is 5001'],
    [{ allowedOrigins: ['*'] }, 'without a path or a wildcard'],
    [{ authorization: { kind: 'none', reason: ' ' } }, 'say why this API may be open'],
  ])('%j does not synthesize', (change, message) => {
    expect(() => intake(change)).toThrow(message);
  });
});

const redrive = (change: Partial<Omit<RedriveProps, 'queue'>> = {}) =>
  synthesized((scope) => {
    const queue = new TieredQueue(scope, 'orders', { queueName: 'orders' });
    new Redrive(scope, 'redrive', {
      queue,
      functionName: 'redrive',
      account: '111122223333',
      canary: { handler: { arn: 'arn:aws:lambda:eu-central-1:111111111111:function:payment-canary' } },
      ...change,
    });
  });

describe('redrive', () => {
  test('it looks every minute and watches while messages move', () => {
    const schedule = redrive().one('aws_scheduler_schedule', 'schedule');
    expect(schedule).toMatchObject({
      schedule_expression: 'rate(1 minute)',
      target: { input: '{"operation":"redrive","watch":true}' },
    });
    expect(redrive({ everyMinutes: 5 }).one('aws_scheduler_schedule', 'schedule').schedule_expression).toBe(
      'rate(5 minutes)',
    );
    const { assume_role_policy } = redrive().one('aws_iam_role', 'scheduler');
    expect(JSON.parse(assume_role_policy as string).Statement[0].Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': '111122223333' },
    });
  });

  test('switched off, there is no schedule, and it can still be asked by hand', () => {
    const synth = redrive({ everyMinutes: 'off' });
    expect(synth.all('aws_scheduler_schedule')).toHaveLength(0);
    expect(synth.all('aws_lambda_function')).toHaveLength(1);
  });

  test.each<RedriveProps['everyMinutes']>([1, 'off'])(
    'what is started without waiting (every minutes: %s) is not repeated, is dropped after a minute, and what is dropped is kept and rings',
    (everyMinutes) => {
      const kmsKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/1';
      const synth = redrive({ everyMinutes, kmsKeyArn, alarmActions: ['arn:night'] });
      const { name } = synth.one('aws_sqs_queue', 'failures-queue');
      expect(name).toBe('redrive-failures');
      expect(synth.one('aws_lambda_function_event_invoke_config', 'asynchronous')).toMatchObject({
        maximum_retry_attempts: 0,
        maximum_event_age_in_seconds: 60,
        destination_config: { on_failure: { destination: expect.stringContaining('failures-queue') } },
      });
      const may = allowed(synth, 'handler/policy');
      expect(may).toContainEqual(expect.stringMatching(/^sqs:SendMessage on .*failures-queue/));
      expect(may).toEqual(
        expect.arrayContaining([`kms:GenerateDataKey on ${kmsKeyArn}`, `kms:Decrypt on ${kmsKeyArn}`]),
      );
      const alarms = synth.all('aws_cloudwatch_metric_alarm').filter(({ alarm_name }) => alarm_name === name);
      expect(alarms).toMatchObject([{ threshold: 0, alarm_actions: ['arn:night'] }]);
    },
  );

  test('the run that starts a move can stay with it as long as Lambda lets any; a run by hand may start that one', () => {
    const synth = redrive();
    const { timeout, reserved_concurrent_executions } = synth.one('aws_lambda_function', 'function');
    expect([timeout, reserved_concurrent_executions]).toEqual([900, 3]);
    expect(allowed(synth, 'handler/itself')).toEqual([
      expect.stringMatching(/^lambda:InvokeFunction on \$\{aws_lambda_function\.redrive_handler_function/),
    ]);
  });

  test('it rings when our own side keeps it from releasing', () => {
    const problems = redrive().all('aws_cloudwatch_metric_alarm');
    expect(problems.find(({ alarm_name }) => alarm_name === 'redrive-problems')).toMatchObject({
      ...{ namespace: 'Spillway', metric_name: 'ReleaseProblems', threshold: 0, datapoints_to_alarm: 1 },
      dimensions: { service: 'redrive', function_name: expect.stringContaining('redrive_handler_function') },
    });
  });

  test('the canary is a function, which it may invoke', () => {
    const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:mail-canary';
    const synth = redrive({ canary: { handler: { arn } } });
    const { environment } = synth.one('aws_lambda_function', 'function') as { environment: { variables: object } };
    expect(environment.variables).toMatchObject({ CANARY_FUNCTION: arn });
    expect(allowed(synth, 'handler/policy')).toContain(`lambda:InvokeFunction on ${arn}`);
  });

  test('it may move the parked tier back to the main queue and keep what it drops, and touch nothing else', () => {
    const may = allowed(redrive(), 'handler/policy').filter((line) => line.startsWith('sqs:'));
    expect(may.map((line) => line.replace(/_[0-9A-F]{8}/, ''))).toEqual([
      'sqs:CancelMessageMoveTask on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:DeleteMessage on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:GetQueueAttributes on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:ListMessageMoveTasks on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:ReceiveMessage on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:SendMessage on ${aws_sqs_queue.orders_main.arn}',
      'sqs:SendMessage on ${aws_sqs_queue.redrive_handler_failures-queue.arn}',
      'sqs:StartMessageMoveTask on ${aws_sqs_queue.orders_parked.arn}',
    ]);
  });

  test.each<[Partial<RedriveProps>, string]>([
    [{ rate: 501 }, 'rate is 501 messages a second; SQS takes whole numbers from 1 to 500'],
    [{ canaries: 0 }, 'canaries is 0'],
    [{ functionName: 'r'.repeat(55) }, 'it takes 1 to 54 letters'],
    [{ account: 'abc' }, 'account is "abc"'],
    [{ logRetentionDays: 42 }, 'logRetentionDays is 42 days'],
    [{ kmsKeyArn: 'not-an-arn' }, 'kmsKeyArn is "not-an-arn"'],
    [{ canaryTimeoutMs: 50 }, 'canaryTimeoutMs is 50 ms'],
    [{ everyMinutes: 0 }, 'everyMinutes is 0'],
  ])('%j does not synthesize', (change, message) => {
    expect(() => redrive(change)).toThrow(message);
  });
});
