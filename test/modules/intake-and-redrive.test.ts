import { orderHistory } from '../../functions/order-history/contract';
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
    new HttpIntake(scope, 'intake', { apiName: 'shop', queue, history, authorization: none, ...change });
  });

describe('intake', () => {
  test('an order becomes a message with no code between', () => {
    expect(intake().one('aws_apigatewayv2_integration', 'send')).toMatchObject({
      integration_subtype: 'SQS-SendMessage',
      request_parameters: { MessageBody: '$request.body', QueueUrl: expect.stringContaining('orders_main') },
    });
  });

  test('for a FIFO queue the order id groups and deduplicates', () => {
    expect(intake({}, true).one('aws_apigatewayv2_integration', 'send').request_parameters).toMatchObject({
      MessageGroupId: '$request.body.orderId',
      MessageDeduplicationId: '$request.body.orderId',
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

  test.each<[Partial<HttpIntakeProps>, string]>([
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
      paymentUrl: 'https://payment.example.com',
      ...change,
    });
  });

describe('redrive', () => {
  test('it looks every minute and watches while messages move', () => {
    const schedule = redrive().one('aws_scheduler_schedule', 'schedule');
    expect(schedule).toMatchObject({ schedule_expression: 'rate(1 minute)', target: { input: '{"watch":true}' } });
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

  test('it may move the parked tier back to the main queue, and touch nothing else', () => {
    const may = allowed(redrive(), 'handler/policy').filter((line) => line.startsWith('sqs:'));
    expect(may.map((line) => line.replace(/_[0-9A-F]{8}/, ''))).toEqual([
      'sqs:CancelMessageMoveTask on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:DeleteMessage on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:GetQueueAttributes on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:ListMessageMoveTasks on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:ReceiveMessage on ${aws_sqs_queue.orders_parked.arn}',
      'sqs:SendMessage on ${aws_sqs_queue.orders_main.arn}',
      'sqs:StartMessageMoveTask on ${aws_sqs_queue.orders_parked.arn}',
    ]);
  });

  test.each<[Partial<RedriveProps>, string]>([
    [{ rate: 501 }, 'rate is 501 messages a second; SQS takes whole numbers from 1 to 500'],
    [{ canaries: 0 }, 'canaries is 0'],
    [{ canaryTimeoutMs: 50 }, 'canaryTimeoutMs is 50 ms'],
    [{ everyMinutes: 0 }, 'everyMinutes is 0'],
  ])('%j does not synthesize', (change, message) => {
    expect(() => redrive(change)).toThrow(message);
  });
});
