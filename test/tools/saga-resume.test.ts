import { parseArguments, readParked, say, verdict } from '../../tools/saga-resume/parked';

const execution = 'arn:aws:states:eu-central-1:123456789012:execution:prod-order-saga:order-1';
const body = {
  execution,
  saga: 'order-1',
  parkedAt: '2026-01-31T12:00:00.000Z',
  input: { orderId: 'order-1' },
  steps: { 'reserve-beans': 'done', charge: 'unknown' },
  failure: { task: 'charge', error: 'PaymentUnavailable' },
  parked: { task: 'refund', error: 'RefundFailed', cause: 'payment answered 503', redrives: 0 },
};

test('a parked saga is told in the words that a person decides by', () => {
  expect(say('message-1', readParked(JSON.stringify(body)))).toBe(
    `order-1  parked 2026-01-31T12:00:00.000Z at refund: RefundFailed payment answered 503
  steps: reserve-beans done, charge unknown; it turned back at charge (PaymentUnavailable)
  ${execution}`,
  );
});

test.each(['', '{}', 'null', '{"execution":1}'])(
  'a message that is no parked saga (%s) is left for a person',
  (text) => {
    expect(readParked(text) ?? undefined).toBeUndefined();
    expect(say('message-1', undefined)).toContain('by hand');
  },
);

describe('redriven is', () => {
  const now = Date.parse('2026-02-20T00:00:00Z');
  test.each([
    ['what failed', { status: 'FAILED', stopDate: new Date('2026-02-19T00:00:00Z') }, true],
    ['what somebody stopped', { status: 'ABORTED', stopDate: new Date('2026-02-19T00:00:00Z') }, true],
    ['not what has ended well', { status: 'SUCCEEDED' }, false],
    ['not what runs again already', { status: 'RUNNING' }, false],
    ['not what is older than 14 days', { status: 'FAILED', stopDate: new Date('2026-02-05T00:00:00Z') }, false],
    ['not what Step Functions refuses', { status: 'FAILED', redriveStatus: 'NOT_REDRIVABLE' }, false],
  ])('%s', (_, found, redrive) => {
    expect(verdict(found, now)).toMatchObject({ redrive });
  });
});

test('arguments: executions, or a queue to look at, or all of a queue', () => {
  expect(parseArguments([execution])).toEqual({ executions: [execution], queueUrl: undefined, all: false });
  expect(parseArguments(['--queue', 'https://q'])).toEqual({ executions: [], queueUrl: 'https://q', all: false });
  expect(parseArguments(['--queue', 'https://q', '--all'])).toMatchObject({ all: true });
  for (const wrong of [[], ['order-1'], ['--all'], ['--al']]) expect(parseArguments(wrong)).toHaveProperty('usage');
});
