import validate from 'asl-validator';
import fc from 'fast-check';
import { orderSaga } from '../../../environments/stacks/order-saga';
import {
  compile,
  type Parallel,
  type SagaDefinition,
  type Sequence,
  type Step,
  type Task,
} from '../../../modules/saga';
import { mostEvents, problemsOf } from '../../../modules/saga/definition';
import { orderMachine } from '../../functions/shop/order-saga/shop';
import { Clock } from './clock';
import { any, named, type Shape } from './definitions';
import { Execution, StatesError } from './interpreter';

const options = { comment: 'test', parkingQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/parked' };
const task = (name: string): Task => ({ name, resource: 'arn:aws:states:::lambda:invoke', arguments: {} });
const step = (name: string, more: Partial<Step> = {}): Step => ({ action: task(name), ...more });

const errorsOf = (machine: object) => {
  const { isValid, errors } = validate(machine);
  return isValid ? [] : errors;
};

/** Every state of a machine, those of its branches too. */
function allStates(machine: { States: Readonly<Record<string, { [field: string]: unknown }>> }): string[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    name,
    ...((state.Branches ?? []) as (typeof machine)[]).flatMap(allStates),
  ]);
}

describe('what a saga compiles to', () => {
  test('is accepted by the validator, for the reference', () => {
    expect(errorsOf(orderMachine)).toEqual([]);
  });

  test('is accepted by the validator, for any mix of sequences and parallel groups', () => {
    fc.assert(
      fc.property(any(), (shape: Shape) => {
        const definition = named(shape, { retry: { attempts: 1 } });
        expect(problemsOf(definition)).toEqual([]);
        expect(errorsOf(compile(definition, options))).toEqual([]);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('names every state once, in at most 80 characters, as Step Functions needs it across all branches', () => {
    fc.assert(
      fc.property(any(), (shape: Shape) => {
        const names = allStates(compile(named(shape, { retry: { attempts: 1 } }), options));
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name.length).toBeLessThanOrEqual(80);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  test('retries with full jitter up to the cap, and never what is final', () => {
    const definition = {
      steps: [
        {
          ...step('pay', { finalErrors: ['Declined'] }),
          action: { ...task('pay'), timeout: 7, retry: { interval: 3, rate: 1.5, attempts: 6, cap: 20 } },
        },
      ],
    };
    expect(compile(definition, options).States.pay).toMatchObject({
      TimeoutSeconds: 7,
      Retry: [
        { ErrorEquals: ['Declined'], MaxAttempts: 0 },
        {
          ErrorEquals: ['States.ALL'],
          IntervalSeconds: 3,
          BackoffRate: 1.5,
          MaxAttempts: 6,
          MaxDelaySeconds: 20,
          JitterStrategy: 'FULL',
        },
      ],
    });
  });

  /** Seconds that a state's retries take on average, without the attempts themselves. */
  const patience = (state: unknown) => {
    type Retrier = { IntervalSeconds: number; BackoffRate: number; MaxAttempts: number; MaxDelaySeconds: number };
    const [retrier] = (state as { Retry: Retrier[] }).Retry;
    const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds } = retrier!;
    const waits = Array.from({ length: MaxAttempts }, (_, n) => IntervalSeconds * BackoffRate ** n);
    return waits.reduce((sum, wait) => sum + Math.min(MaxDelaySeconds, wait) / 2, 0);
  };

  test('turns back within a minute, and does what can only be done for a day before it needs a person', () => {
    const definition: SagaDefinition = {
      steps: [
        step('charge', { compensation: task('refund') }),
        { name: 'together', branches: [[step('print', { compensation: task('shred') })]] },
        step('notify', { onFailure: 'park' }),
      ],
      afterCompensation: task('apologize'),
    };
    const { States } = compile(definition, options);
    const [{ States: inUndo } = { States: {} }] = States['undo together']!.Branches as { States: typeof States }[];
    expect(patience(States.charge)).toBeLessThan(60);
    for (const state of [States.refund, inUndo.shred, States.notify, States.apologize]) {
      expect(patience(state) / 3600).toBeCloseTo(24, 1);
    }
  });

  test('a saga says how long it is patient, and a task of it otherwise', () => {
    const definition: SagaDefinition = {
      steps: [
        step('a', { compensation: task('undo-a') }),
        { action: { ...task('b'), retry: { attempts: 1 } }, compensation: { ...task('undo-b'), retry: { cap: 20 } } },
      ],
      retry: { attempts: 2, interval: 100 },
      lastingRetry: { attempts: 7, rate: 1 },
    };
    const { States } = compile(definition, options);
    expect(['a', 'undo-a', 'b', 'undo-b'].map((name) => (States[name]!.Retry as object[])[0])).toMatchObject([
      { MaxAttempts: 2, IntervalSeconds: 100, MaxDelaySeconds: 101 },
      { MaxAttempts: 7, BackoffRate: 1, MaxDelaySeconds: 600 },
      { MaxAttempts: 1, IntervalSeconds: 100 },
      { MaxAttempts: 7, MaxDelaySeconds: 20 },
    ]);
  });

  test('the reference can be parked and resumed for a fortnight before its history is full', () => {
    const perDay = 3 * 296 + 20;
    expect(mostEvents(orderSaga(task)) + 14 * perDay).toBeLessThan(24_999);
  });

  test('an error’s cause is kept to a size that no number of them can end the execution by', async () => {
    const machine = compile({ steps: [step('a')] }, options);
    const clock = new Clock();
    const call = () => Promise.reject(new StatesError('Broken', 'x'.repeat(300_000)));
    const execution = new Execution(machine, 'one', {}, { clock, random: () => 0, call });
    await clock.until(execution.run());
    expect(JSON.stringify(execution.output).length).toBeLessThan(2000);
    expect(execution.output).toMatchObject({ outcome: 'compensated', failure: { error: 'Broken' } });
  });

  test('takes any service integration as a step', () => {
    const put = {
      name: 'record',
      resource: 'arn:aws:states:::dynamodb:updateItem',
      arguments: { TableName: 'orders', Key: { orderId: { S: '{% $states.input.input.orderId %}' } } },
    };
    const machine = compile({ steps: [{ action: put }] }, options);
    expect(machine.States.record).toMatchObject({ Resource: put.resource, Arguments: put.arguments });
    expect(errorsOf(machine)).toEqual([]);
  });
});

describe('a definition is refused, with every reason,', () => {
  const refused = (steps: Sequence, more: Partial<SagaDefinition> = {}) => problemsOf({ steps, ...more });
  const group = (...branches: Sequence[]): Parallel => ({ name: 'together', branches });

  test.each<[string, string[], string]>([
    ['without a step', refused([]), 'has no step'],
    ['when two states have one name', refused([step('a'), step('a')]), 'names two states "a"'],
    ['when a name is the saga’s own', refused([step('committed')]), 'which the saga needs itself'],
    ['when a name is too long', refused([step('x'.repeat(61))]), '1 to 60 letters'],
    ['when a branch is empty', refused([group([step('a')], [])]), 'a branch without a step'],
    [
      'when an error that says nothing is called final',
      refused([step('a', { finalErrors: ['States.Timeout'] })]),
      'nobody knows whether the action was done',
    ],
    [
      'when a step compensates after the point of no return',
      refused([step('a', { onFailure: 'park' }), step('b')]),
      'there is no way back',
    ],
    [
      'when a step compensates beside the point of no return',
      refused([group([step('a', { onFailure: 'park' })], [step('b')])]),
      'there is no way back',
    ],
    ['when a time-out is not a time', refused([{ action: { ...task('a'), timeout: 0 } }]), 'gives a a timeout of 0 s'],
    [
      'when the cap is below the interval',
      refused([{ action: { ...task('a'), retry: { interval: 10, cap: 5 } } }]),
      "caps a's waits at 5 s",
    ],
    [
      'when the saga’s own cap is below its interval',
      refused([step('a')], { retry: { interval: 10, cap: 5 } }),
      "caps a's waits at 5 s",
    ],
    [
      'when its retries fill the history before it can be resumed',
      refused([step('a', { compensation: task('undo-a') })], { lastingRetry: { attempts: 5000 } }),
      'can write 15058 events',
    ],
  ])('%s', (_, problems, expected) => {
    expect(problems.join('\n')).toContain(expected);
  });

  test('all at once', () => {
    expect(() => compile({ steps: [step('a'), step('a', { finalErrors: ['Lambda.Unknown'] })] }, options)).toThrow(
      /two states[\s\S]*final/,
    );
  });
});
