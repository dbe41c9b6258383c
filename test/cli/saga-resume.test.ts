import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { UsageError } from '../../cli/night/command';
import { HeldMessages } from '../../cli/night/held-messages';
import { clearSettled } from '../../cli/saga-resume/clear';
import { executionOf, readDocument, say, type Unfinished, verdict } from '../../cli/saga-resume/parked';
import { parseRequest } from '../../cli/saga-resume/request';
import { Sagas } from '../../cli/saga-resume/sagas';
import { MemorySqs } from './memory-sqs';

const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:prod-order-saga';
const execution = (name: string) => `arn:aws:states:eu-central-1:123456789012:execution:prod-order-saga:${name}`;
const document = {
  input: { orderId: 'order-1' },
  steps: { 'reserve-beans': 'done', charge: 'unknown' },
  failure: { task: 'charge', error: 'PaymentUnavailable' },
  parked: { task: 'refund', error: 'RefundFailed', cause: 'payment answered 503', redrives: 0 },
};
const parked: Unfinished = {
  ...{ executionArn: execution('order-1'), name: 'order-1', status: 'FAILED', at: 'refund is parked', document },
  stopDate: new Date('2026-01-31T12:00:00Z'),
};

test('a parked saga is told in the words that a person decides by', () => {
  expect(say(parked)).toBe(
    `order-1  parked 2026-01-31T12:00:00.000Z at refund: RefundFailed payment answered 503
  steps: reserve-beans done, charge unknown; it turned back at charge (PaymentUnavailable)
  ${execution('order-1')}`,
  );
});

test('one that could not be parked is told as well', () => {
  const told = say({
    ...parked,
    status: 'ABORTED',
    at: 'brew',
    document: undefined,
    error: 'Stopped',
    cause: 'by Ada',
  });
  expect(told).toContain('order-1  ABORTED 2026-01-31T12:00:00.000Z at brew, without being parked: Stopped by Ada');
});

test('a cause writes nothing but text to the terminal, and not too much of it', () => {
  const cause = `\u001b[2J\n${'x'.repeat(10_000)}`;
  const told = say({ ...parked, document: { ...document, parked: { ...document.parked, cause } } });
  expect(told).not.toContain('\u001b');
  expect(told.split('\n')).toHaveLength(3);
  expect(told.length).toBeLessThan(700);
});

test.each([undefined, '', '{}', 'null', '[1]', '{"execution":1,"steps":"none"}'])(
  'a text that is no saga’s document (%s) is none',
  (text) => {
    expect(readDocument(text)).toBeUndefined();
    expect(executionOf(text)).toBeUndefined();
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

describe('arguments', () => {
  test('executions, or a saga to look at, or all of a saga', () => {
    expect(parseRequest([execution('order-1')])).toMatchObject({ executions: [execution('order-1')], all: false });
    expect(parseRequest(['--saga', machine])).toMatchObject({ stateMachineArn: machine, all: false });
    expect(parseRequest(['--saga', machine, '--all'])).toMatchObject({ stateMachineArn: machine, all: true });
  });

  test.each([
    [[], '--saga is missing'],
    [['order-1'], '"order-1" is no ARN of an execution'],
    [['--all'], '--all needs --saga'],
    [['--saga', 'orders'], '--saga is "orders"'],
    [['--saga', machine, execution('order-1')], 'either --saga or ARNs'],
    [['--al'], "Unknown option '--al'"],
  ])('%j: %s', (given, wrong) => {
    expect(() => parseRequest(given)).toThrow(UsageError);
    expect(() => parseRequest(given)).toThrow(wrong);
  });
});

/** Step Functions with executions that have ended in some way; a page is two. */
class MemoryStates {
  readonly redriven: string[] = [];
  constructor(private readonly statuses: Map<string, string>) {}

  readonly send = (async (command: { constructor: { name: string } }) => {
    if (command instanceof ListExecutionsCommand) {
      const { statusFilter, nextToken = '0' } = command.input;
      const names = [...this.statuses].filter(([, status]) => status === statusFilter).map(([name]) => name);
      const from = Number(nextToken);
      return {
        executions: names.slice(from, from + 2).map((name) => this.item(name)),
        ...(names.length > from + 2 && { nextToken: String(from + 2) }),
      };
    }
    if (command instanceof DescribeExecutionCommand) return this.item(nameOf(command.input.executionArn));
    if (command instanceof RedriveExecutionCommand) {
      const name = nameOf(command.input.executionArn);
      this.redriven.push(name);
      this.statuses.set(name, 'RUNNING');
      return {};
    }
    if (command instanceof GetExecutionHistoryCommand) {
      const input = JSON.stringify(document);
      const events = [
        { executionFailedEventDetails: { error: 'States.NoChoiceMatched' } },
        { stateEnteredEventDetails: { name: 'another branch', input: JSON.stringify({ steps: {} }) } },
        { stateEnteredEventDetails: { name: 'refund is parked', input } },
      ];
      // One that was stopped amid its retries: the state was entered long before.
      const retries = Array.from({ length: 500 }, () => ({ taskFailedEventDetails: {} }));
      const amidRetries = nameOf(command.input.executionArn).startsWith('stopped');
      return { events: [...(amidRetries ? retries : []), ...events].slice(0, command.input.maxResults) };
    }
    throw new Error(`${command.constructor.name} is not in this Step Functions`);
  }) as unknown as SFNClient['send'];

  private item(name: string) {
    const stopDate = new Date(Date.now() - 60_000 * Number(name.split('-')[1]));
    return { executionArn: execution(name), name, status: this.statuses.get(name), stopDate };
  }
}

const nameOf = (arn = '') => arn.split(':').at(-1) ?? '';

describe('what has stopped half-way', () => {
  const statuses = () =>
    new Map([
      ...['order-1', 'order-5', 'order-3'].map((name) => [name, 'FAILED'] as const),
      ['stopped-2', 'ABORTED'],
      ['slow-4', 'TIMED_OUT'],
      ['good-6', 'SUCCEEDED'],
      ['busy-7', 'RUNNING'],
    ]);

  test('is all that failed, was stopped or timed out, on every page, the longest ago first', async () => {
    const found = await new Sagas(new MemoryStates(statuses())).unfinished(machine);
    expect(found.map(({ name }) => name)).toEqual(['order-5', 'slow-4', 'order-3', 'stopped-2', 'order-1']);
  });

  test.each(['order-1', 'stopped-2'])('is looked at in its history, as far back as it takes (%s)', async (name) => {
    const sagas = new Sagas(new MemoryStates(statuses()));
    const [item] = (await sagas.unfinished(machine)).filter((each) => each.name === name);
    expect(await sagas.look(item!)).toMatchObject({
      name,
      at: 'refund is parked',
      document: { parked: { task: 'refund' } },
    });
  });

  test('is resumed once; what runs or has ended well needs nobody', async () => {
    const states = new MemoryStates(statuses());
    const sagas = new Sagas(states);
    expect(await sagas.resume(execution('order-1'))).toMatchObject({ redriven: true, settled: true });
    expect(await sagas.resume(execution('order-1'))).toMatchObject({ redriven: false, settled: true });
    expect(await sagas.resume(execution('good-6'))).toMatchObject({ redriven: false, settled: true });
    expect(states.redriven).toEqual(['order-1']);
  });

  test('leaves the parking queue when it goes on; everything else stays there and is visible again', async () => {
    const sqs = new MemorySqs();
    const send = (MessageBody: string) => sqs.put({ QueueUrl: 'parked', MessageBody });
    for (const name of ['order-1', 'order-5', 'good-6', 'busy-7']) send(JSON.stringify({ execution: execution(name) }));
    send('no saga');
    const sagas = new Sagas(new MemoryStates(statuses()));
    await sagas.resume(execution('order-1'));
    const held = new HeldMessages(sqs, 'parked', () => sqs.now);
    expect(await clearSettled(held, (arn) => sagas.settled(arn))).toBe(3);
    await held.putBack();
    expect(sqs.messages('parked').map(({ input }) => input.MessageBody)).toEqual([
      JSON.stringify({ execution: execution('order-5') }),
      'no saga',
    ]);
    expect(sqs.visible('parked')).toBe(2);
  });
});
