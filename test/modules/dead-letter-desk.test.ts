import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAssets } from '../../local/web/assets';
import { DeadLetterDesk, type DeadLetterDeskProps } from '../../modules/dead-letter-desk';
import { setDefaults } from '../../modules/defaults';
import { Ledger } from '../../modules/ledger';
import { TieredQueue } from '../../modules/tiered-queue';
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

test('a number of letters that nobody could mean is named', () => {
  const [queue] = [{ id: 'theirs', deadLetters: { arn: DEAD }, approvalAbove: 0 }];
  expect(() => desk({ queues: [queue] })).toThrow(/approvalAbove 0; it takes whole letters, 1 to 100,000/);
  const rows = JSON.stringify(
    desk({ queues: [{ ...queue, approvalAbove: 100 }] }).one('aws_dynamodb_table_item', 'theirs-settings'),
  );
  expect(rows).toContain('approvalAbove');
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

describe('the page', () => {
  const api = { issuer: 'https://login.example.com/pool', audience: ['desk'] };
  const certificateArn = 'arn:aws:acm:us-east-1:111111111111:certificate/0';
  const page = { domainName: 'desk.example.com', certificateArn, clientId: 'desk' };

  test('lies in a bucket that nobody reads but its distribution', () => {
    const stack = desk({ api, page });
    expect(stack.one('aws_s3_bucket_public_access_block', 'page/private')).toMatchObject({
      ...{
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    });
    const { policy } = stack.one('aws_s3_bucket_policy', 'page/bucket-policy') as { policy: string };
    const [allow, deny] = JSON.parse(policy).Statement;
    expect(allow).toMatchObject({
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Condition: { StringEquals: { 'AWS:SourceArn': expect.stringContaining('aws_cloudfront_distribution.') } },
    });
    expect(deny).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(stack.all('aws_s3_bucket_acl')).toEqual([]);
  });

  test('is served with TLS 1.2 at the least, and calls nobody but its API and the issuer', () => {
    const stack = desk({ api, page: { ...page, tokenOrigin: 'https://pool.auth.example.com' } });
    const distribution = stack.one('aws_cloudfront_distribution', 'page/distribution');
    expect(distribution).toMatchObject({
      aliases: ['desk.example.com'],
      viewer_certificate: { minimum_protocol_version: 'TLSv1.2_2021', acm_certificate_arn: certificateArn },
      default_cache_behavior: { viewer_protocol_policy: 'https-only', allowed_methods: ['GET', 'HEAD'] },
      ordered_cache_behavior: [
        { path_pattern: '/api/*', target_origin_id: 'api', viewer_protocol_policy: 'https-only' },
      ],
    });
    const headers = JSON.stringify(stack.one('aws_cloudfront_response_headers_policy', 'page/headers'));
    expect(headers).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https://login.example.com https://pool.auth.example.com;",
    );
    expect(headers).not.toMatch(/unsafe|\*/);
  });

  test('is told its issuer and nothing secret', () => {
    const settings = desk({ api, page: { ...page, parameters: { audience: 'desk' } } }).one(
      'aws_s3_object',
      'page/file-settings',
    );
    expect(JSON.parse(String(settings.content))).toEqual({
      ...{ api: '/api', issuer: api.issuer, clientId: 'desk', scope: 'openid', parameters: { audience: 'desk' } },
    });
  });

  test('is the page that this machine shows', async () => {
    const assets = await buildAssets();
    for (const { key, source } of desk({ api, page }).all('aws_s3_object')) {
      if (source === undefined) continue;
      const file = readFileSync(join(__dirname, '..', '..', 'dist', 'desk', String(key)), 'utf8');
      expect(file).toBe(assets.get(key === 'index.html' ? '/desk' : `/${key}`)?.body);
    }
  });

  test.each([
    ['no API', { page }, 'set `api` as well'],
    [
      'a certificate of another region',
      { api, page: { ...page, certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') } },
      'in us-east-1',
    ],
    ['an address', { api, page: { ...page, domainName: 'https://desk.example.com' } }, 'takes a host name'],
    ['any origin', { api, page: { ...page, tokenOrigin: 'https://*.example.com' } }, 'without a path or a wildcard'],
  ])('with %s is refused by name', (_, change, message) => {
    expect(() => desk(change)).toThrow(message);
  });
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

describe('an alarm', () => {
  const texts = (deskUrl?: string, page?: DeadLetterDeskProps['page']) => {
    const { json } = synthesized((scope) => {
      if (deskUrl) setDefaults(scope, { deskUrl });
      new TieredQueue(scope, 'tiers', { queueName: 'orders', visibilityTimeout: 180, maxReceiveCount: 3 });
      new DeadLetterDesk(scope, 'desk', {
        deskName: 'dev-desk',
        account: '111111111111',
        queues: [],
        ...(page && { api: { issuer: 'https://login.example.com', audience: ['desk'] }, page }),
      });
    });
    const alarms = json.resource.aws_cloudwatch_metric_alarm as Record<string, { alarm_description: string }>;
    return Object.values(alarms).map(({ alarm_description: text }) => text);
  };
  const ARN = String.raw`\$\{aws_sqs_queue\.tiers_repair_\w+\.arn\}`;

  test('of dead letters, parked messages and the desk links to its place on the desk’s page, before the runbook', () => {
    const links = texts('https://desk.example.com/').flatMap((text) => / Desk: (\S+) Runbook: \S+$/.exec(text) ?? []);
    const places = new Set(links.filter((_, index) => index % 2 === 1));
    expect(places.size).toBe(3);
    for (const place of places)
      expect(place).toMatch(new RegExp(String.raw`^https://desk\.example\.com/(#(queue|consumer)=${ARN})?$`));
  });

  test('without a desk’s address links to none', () => {
    expect(texts().filter((text) => text.includes('Desk:'))).toEqual([]);
  });

  test('of a desk with a page links there by itself', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111111111111:certificate/7f0c2d4e-5a0b-4a53-9d6e-0f2f4c1b7a11';
    const page = { domainName: 'desk.example.com', certificateArn, clientId: 'desk' };
    const linked = texts(undefined, page).filter((text) => text.includes('Desk: https://desk.example.com/ '));
    expect(linked.length).toBeGreaterThan(3);
  });

  test('takes no address with a part behind #', () => {
    expect(() => texts('https://desk.example.com/#group=x')).toThrow(
      'deskUrl is "https://desk.example.com/#group=x"; it takes an address that begins with https://, without # and ?',
    );
  });
});
