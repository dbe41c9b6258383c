import { DeadLetterDesk, type DeadLetterDeskProps } from '../../modules/dead-letter-desk';
import { Ledger } from '../../modules/ledger';
import { allowed, synthesized } from './synthesized';

const DEAD = 'arn:aws:sqs:eu-central-1:111111111111:theirs';
const PARKED = 'arn:aws:sqs:eu-central-1:111111111111:parked';
const MAIN = 'arn:aws:sqs:eu-central-1:111111111111:main';
const CANARY = 'arn:aws:lambda:eu-central-1:111111111111:function:canary';

const desk = (change: Partial<DeadLetterDeskProps> = {}) =>
  synthesized((scope) => {
    const table = new Ledger(scope, 'ledger', { tableName: 'ledger' });
    new DeadLetterDesk(scope, 'desk', {
      deskName: 'dev-desk',
      account: '111111111111',
      queues: [
        {
          id: 'theirs',
          deadLetters: { arn: DEAD },
          parked: { arn: PARKED },
          sendTo: { arn: MAIN, url: 'https://sqs.eu-central-1.amazonaws.com/111111111111/main' },
          ledger: { table, scope: 'invoices' },
          canary: { handler: { arn: CANARY } },
        },
      ],
      ...change,
    });
  });

test('the keeper may take letters from this queue, and may not send or delete what is kept', () => {
  const rights = allowed(desk(), 'keeper/policy');
  expect(rights.filter((line) => line.includes(DEAD))).toEqual([
    `sqs:DeleteMessage on ${DEAD}`,
    `sqs:GetQueueAttributes on ${DEAD}`,
    `sqs:ReceiveMessage on ${DEAD}`,
  ]);
  expect(rights.filter((line) => /SendMessage|DeleteItem|Scan/.test(line))).toEqual([]);
});

test('the worker may send to this main queue, ask this canary and look into this ledger', () => {
  const rights = allowed(desk(), 'worker/policy');
  expect(rights).toContain(`sqs:SendMessage on ${MAIN}`);
  expect(rights).toContain(`lambda:InvokeFunction on ${CANARY}`);
  for (const tier of [DEAD, MAIN, PARKED]) expect(rights).toContain(`sqs:GetQueueAttributes on ${tier}`);
  expect(rights.filter((line) => line.includes(PARKED) && !line.startsWith('sqs:GetQueue'))).toEqual([]);
  expect(rights.filter((line) => line.includes('ledger')).map((line) => line.split(' ')[0])).toEqual([
    'dynamodb:GetItem',
    'dynamodb:Query',
  ]);
});

test('what can’t be kept comes back, and one worker runs at a time', () => {
  const stack = desk();
  expect(stack.one('aws_lambda_event_source_mapping', 'theirs-mapping')).toMatchObject({
    event_source_arn: DEAD,
    function_response_types: ['ReportBatchItemFailures'],
  });
  expect(stack.one('aws_lambda_function', 'worker/function')).toMatchObject({
    reserved_concurrent_executions: 1,
    timeout: 900,
  });
});

test('the API may ask this redrive and this hold function, and the worker may not', () => {
  const arn = (name: string) => `arn:aws:lambda:eu-central-1:111111111111:function:${name}`;
  const stack = desk({
    api: { issuer: 'https://login.example.com', audience: ['desk'] },
    queues: [
      {
        ...{ id: 'a', deadLetters: { arn: DEAD } },
        ...{ redrive: { handler: { arn: arn('redrive') } }, breaker: { hold: { arn: arn('hold') } } },
      },
    ],
  });
  const asked = (name: string) => allowed(stack, `${name}/policy`).filter((line) => /:(redrive|hold)$/.test(line));
  expect(asked('api-function')).toEqual([
    `lambda:InvokeFunction on ${arn('hold')}`,
    `lambda:InvokeFunction on ${arn('redrive')}`,
  ]);
  expect(asked('worker')).toEqual([]);
});

test('somebody is told two days before SQS deletes the first message of a tier', () => {
  expect(desk().one('aws_cloudwatch_metric_alarm', 'near-loss')).toMatchObject({
    ...{ metric_name: 'TiersNearLoss', threshold: 0, evaluation_periods: 15, datapoints_to_alarm: 5 },
    alarm_description: expect.stringContaining('dead-letters'),
  });
});

test('the table can’t be deleted by mistake, and forgets only what is closed', () => {
  expect(desk().one('aws_dynamodb_table', 'desk/table')).toMatchObject({
    deletion_protection_enabled: true,
    point_in_time_recovery: { enabled: true },
    ttl: { enabled: true, attribute_name: 'expiresAt' },
  });
});

test('every route of the API asks for a token of the issuer', () => {
  const api = { issuer: 'https://login.example.com', audience: ['desk'] };
  const stack = desk({ api });
  expect(stack.one('aws_apigatewayv2_authorizer', 'authorizer')).toMatchObject({
    ...{ authorizer_type: 'JWT', jwt_configuration: api },
  });
  const routes = stack.all('aws_apigatewayv2_route');
  expect(routes.map(({ route_key }) => route_key)).toEqual(['GET /{proxy+}', 'POST /{proxy+}']);
  for (const route of routes) {
    expect(route).toMatchObject({ authorization_type: 'JWT', authorizer_id: expect.stringContaining('authorizer') });
  }
  expect(desk().all('aws_apigatewayv2_api')).toEqual([]);
});

test.each<[string, Partial<DeadLetterDeskProps>, string]>([
  [
    'an issuer without https',
    { api: { issuer: 'http://login.example.com', audience: ['desk'] } },
    'takes the https URL',
  ],
  ['an empty audience', { api: { issuer: 'https://login.example.com', audience: [] } }, 'has an empty audience'],
  [
    'every origin',
    { api: { issuer: 'https://login.example.com', audience: ['desk'], allowedOrigins: ['*'] } },
    'has the allowedOrigins "*"',
  ],
  ['a name that is too long', { deskName: 'd'.repeat(48) }, '3 to 47 letters'],
  ['an id with capitals', { queues: [{ id: 'Orders', deadLetters: { arn: DEAD } }] }, '"Orders"'],
  ['two queues of one id', { queues: [1, 2].map(() => ({ id: 'a', deadLetters: { arn: DEAD } })) }, 'a more than once'],
  [
    'a wait of a second',
    { queues: [{ id: 'a', deadLetters: { arn: DEAD }, settleSeconds: 1 }] },
    'settleSeconds 1; it takes whole seconds, 60 to 86,400',
  ],
  ['no days', { keepDays: 0 }, 'keepDays is 0 days'],
])('%s is refused by name', (_, change, message) => {
  expect(() => desk(change)).toThrow(message);
});
