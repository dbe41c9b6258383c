import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { explain, readArguments, UsageError } from '../../cli/night/command';
import { connectionTo, regionIn } from '../../cli/night/connection';
import { printable } from '../../cli/night/printable';

const ROOT = join(__dirname, '..', '..');

/** A command as a person runs it: outside of AWS, without credentials and a region, on whatever Node this is. */
function command(name: string, ...parameters: string[]) {
  const environment = { PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
  const args = ['bin/spillway.js', ...name.split(' '), ...parameters];
  return spawnSync(process.execPath, args, { cwd: ROOT, env: environment, encoding: 'utf8' });
}

describe.each([
  ['repair', 'spillway repair', ['--queue', 'https://example.com/queue']],
  ['saga resume', 'spillway saga resume', ['arn:aws:states:eu-central-1:123456789012:execution:orders:order-1']],
  ['breaker', 'spillway breaker', ['status', '--function', 'breaker-hold']],
  ['redrive', 'spillway redrive', ['--function', 'redrive']],
  [
    'replay',
    'spillway replay',
    ['status', 'a-replay', '--bus', 'arn:aws:events:eu-central-1:123456789012:event-bus/orders'],
  ],
])('%s', (name, usage, sensible) => {
  test('--help is its usage, and no error', () => {
    expect(command(name, '--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining(usage) });
  });

  test('an option that isn’t there is named, above the usage', () => {
    const { status, stdout, stderr } = command(name, '--al');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain("Unknown option '--al'");
    expect(stderr).toContain(usage);
  });

  test('without a region or credentials it says in one line what to do, without the stack and without the SDK’s advice about Node', () => {
    const { status, stderr } = command(name, ...sensible);
    expect(status).toBe(1);
    expect(stderr).toMatch(/give --region|aws sso login/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('control and format characters can’t reach the terminal', () => {
  expect(printable('\u001b]52;c;aGk=\u0007 \u009b31m \u202egnp.exe\r\nend')).toBe(
    '\\u001b]52;c;aGk=\\u0007 \\u009b31m \\u202egnp.exe\\u000d\\u000aend',
  );
  expect(printable('Grüße, 咖啡 ☕')).toBe('Grüße, 咖啡 ☕');
});

test.each([
  ['https://sqs.eu-west-1.amazonaws.com/123456789012/orders', 'eu-west-1'],
  ['https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/orders', 'us-gov-west-1'],
  ['https://sqs.ap-southeast-2.api.aws/123456789012/orders', 'ap-southeast-2'],
  ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders', 'cn-north-1'],
  ['https://vpce-1.sqs.eu-central-1.vpce.amazonaws.com/123456789012/orders', 'eu-central-1'],
  ['https://eu-west-1.queue.amazonaws.com/123456789012/orders', 'eu-west-1'],
  ['arn:aws:lambda:eu-west-1:123456789012:function:prod-eu-central-1-shop-redrive', 'eu-west-1'],
  ['arn:aws-us-gov:states:us-gov-east-1:123456789012:execution:orders:order-1', 'us-gov-east-1'],
  ['http://127.0.0.1:4566/000000000000/prod-eu-west-1-orders', undefined],
  ['prod-eu-west-1-shop-redrive', undefined],
])('the region of %s is %s', (name, region) => {
  expect(regionIn(name)).toBe(region);
});

describe('a connection', () => {
  const queue = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';

  test('goes to the region of what is named, whatever else is set', () => {
    process.env.AWS_REGION = 'eu-central-1';
    expect(connectionTo(queue, {})).toMatchObject({ region: 'eu-west-1' });
    expect(connectionTo('a-function', { region: 'eu-central-1' })).toMatchObject({ region: 'eu-central-1' });
    delete process.env.AWS_REGION;
    expect(connectionTo('a-function', {}).region).toBeUndefined();
  });

  test('is refused when --region says another', () => {
    expect(() => connectionTo(queue, { region: 'eu-central-1' })).toThrow(UsageError);
  });

  test('never takes a person’s credentials to the emulator', () => {
    for (const endpoint of ['http://127.0.0.1:4566', 'http://localhost:4566/']) {
      expect(connectionTo('a-function', { endpoint })).toEqual({
        ...{ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
      });
    }
    expect(connectionTo('a-function', { endpoint: 'https://localhost.example.com' }).credentials).toBeUndefined();
  });
});

test('an error is one line, whatever it holds', () => {
  expect(explain(new TypeError('a\nb\u001b[2J'))).toBe('TypeError: a\\u000ab\\u001b[2J');
  expect(explain(Object.assign(new AggregateError([], ''), { code: 'ETIMEDOUT' }))).toBe('AggregateError: ETIMEDOUT');
  expect(explain(new Error('no message m'))).toBe('no message m');
});

test('an address that is wrong is told as that, and not as a missing region or an unknown error', () => {
  expect(() => connectionTo('a-function', { endpoint: 'foo' })).toThrow('--endpoint is "foo"; it takes an address');
  expect(explain(Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }))).toContain('Nobody listens');
  const page = Object.assign(new Error('UnknownError'), { name: 'Unknown', $metadata: { httpStatusCode: 404 } });
  expect(explain(page)).toContain('What answers is not AWS (HTTP status 404): check --endpoint');
});

test('every command takes --region and --endpoint', () => {
  expect(readArguments(['--region', 'eu-west-1', '--endpoint', 'http://x'], {}).values).toMatchObject({
    region: 'eu-west-1',
    endpoint: 'http://x',
  });
});
