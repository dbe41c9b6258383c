import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrokerToOperate } from '../../../../functions/operations/broker-operations/contract';
import { services } from '../../../../functions/operations/broker-operations/services';

const BROKER: BrokerToOperate = {
  ...{ name: 'a', region: 'eu-west-1', brokerId: 'b-1', endpoints: ['ssl://1:61617'] },
  reachFunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:reach',
  wants: {
    ...{ configurationId: 'c', configurationRevision: '1', engineVersion: '5.18', instanceType: 'mq.m5.large' },
    ...{ deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ', users: [], logs: { general: true, audit: true } },
  },
};
/** As short as a test may be; the handler's are seconds. */
const PATIENCE = { connectionTimeout: 200, requestTimeout: 200 };

const servers: Server[] = [];
const environment = { ...process.env };
afterEach(async () => {
  process.env = { ...environment };
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

/** Both services at one address that answers so; `undefined`: takes the request and never answers. */
async function regionThat(answers?: { status: number; body: string; headers?: Record<string, string> }) {
  const server = createServer((request, response) => {
    request.resume();
    if (answers) response.writeHead(answers.status, answers.headers).end(answers.body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return region(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function region(url: string) {
  Object.assign(process.env, {
    ...{ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
  });
  const warnings: string[] = [];
  return { ...services([BROKER], (message) => warnings.push(message), PATIENCE), warnings };
}

test('a region that takes requests and never answers is silent, and holds nobody up', async () => {
  const { describe: ask, reach, warnings } = await regionThat();
  expect(await Promise.all([ask(BROKER), reach(BROKER)])).toEqual(['silent', 'silent']);
  expect(warnings.sort()).toEqual(['no answer from Amazon MQ', 'no answer from the function that knocks']);
});

test('a region where nobody listens is silent', async () => {
  const { describe: ask, reach } = region('http://127.0.0.1:1');
  expect(await Promise.all([ask(BROKER), reach(BROKER)])).toEqual(['silent', 'silent']);
});

test.each([
  [403, 'AccessDeniedException', 'unknown'],
  [404, 'NotFoundException', 'unknown'],
  [429, 'TooManyRequestsException', 'unknown'],
  [500, 'InternalServerErrorException', 'silent'],
  [503, 'ServiceUnavailable', 'silent'],
] as const)('%i %s is %s: only silence is evidence that something is gone', async (status, type, expected) => {
  const { describe: ask, reach } = await regionThat({
    ...{ status, body: '{"message":"no"}' },
    headers: { 'x-amzn-errortype': type, 'content-type': 'application/json' },
  });
  expect(await Promise.all([ask(BROKER), reach(BROKER)])).toEqual([expected, expected]);
});

test('a function that knocks and fails itself says nothing about the broker', async () => {
  const { reach } = await regionThat({
    ...{ status: 200, body: '{"errorMessage":"Runtime exited"}' },
    headers: { 'x-amz-function-error': 'Unhandled' },
  });
  expect(await reach(BROKER)).toBe('unknown');
});

test('what it saw is an answer', async () => {
  const { reach } = await regionThat({ status: 200, body: '{"answers":[true]}' });
  expect(await reach(BROKER)).toEqual({ answer: [true] });
});

test('without credentials nothing is learnt', async () => {
  const { describe: ask } = await regionThat({ status: 200, body: '{}' });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) delete process.env[name];
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
  });
  expect(await ask(BROKER)).toBe('unknown');
});
