import validate from 'asl-validator';
import fc from 'fast-check';
import {
  compile,
  type Parallel,
  type SagaDefinition,
  type Sequence,
  type Step,
  type Task,
} from '../../../modules/saga';
import { problemsOf } from '../../../modules/saga/definition';
import { orderMachine } from '../../functions/order-saga/shop';
import { any, named, type Shape } from './definitions';

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
        const definition = named(shape);
        expect(problemsOf(definition)).toEqual([]);
        expect(errorsOf(compile(definition, options))).toEqual([]);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('names every state once, in at most 80 characters, as Step Functions needs it across all branches', () => {
    fc.assert(
      fc.property(any(), (shape: Shape) => {
        const names = allStates(compile(named(shape), options));
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
  ])('%s', (_, problems, expected) => {
    expect(problems.join('\n')).toContain(expected);
  });

  test('all at once', () => {
    expect(() => compile({ steps: [step('a'), step('a', { finalErrors: ['Lambda.Unknown'] })] }, options)).toThrow(
      /two states[\s\S]*final/,
    );
  });
});
