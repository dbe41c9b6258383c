import { sagaTrouble } from '../../web/saga-trouble';

const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 5 }];
const definition = { States: { group: { Branches: [{ States: { refund: { Retry } } }] }, brew: {} } };
const enter = (name: string) => ({ type: 'TaskStateEntered', stateEnteredEventDetails: { name } });
const tried = { type: 'TaskScheduled' };
const failed = {
  type: 'TaskFailed',
  timestamp: '2026-01-31T08:00:00.000Z',
  taskFailedEventDetails: { error: 'Unavailable', cause: '{"errorMessage":"payment answered 503"}' },
};
const at = Date.parse(failed.timestamp);

test.each([
  ['the first try', [tried, failed], { tries: 1, nextBy: at + 2_000 }],
  ['a later try waits longer', [tried, failed, tried, failed], { tries: 2, nextBy: at + 4_000 }],
  ['but not for ever', [tried, failed, tried, failed, tried, failed], { tries: 3, nextBy: at + 5_000 }],
])('%s: cause, try, next try', (_, events, expected) => {
  expect(sagaTrouble(definition, [enter('refund'), ...events], true)).toEqual({
    task: 'refund',
    cause: 'Unavailable: payment answered 503',
    ...expected,
  });
});

test('what has succeeded since is no trouble, nor is a step that was given up for another way', () => {
  expect(
    sagaTrouble(definition, [enter('refund'), tried, failed, tried, { type: 'TaskSucceeded' }], true),
  ).toBeUndefined();
  expect(sagaTrouble(definition, [enter('brew'), tried, failed, enter('refund'), tried], true)).toBeUndefined();
});

test('of a saga that has stopped no next try is told', () => {
  const stopped = [enter('refund'), tried, failed, enter('refund is parked'), { type: 'ExecutionFailed' }];
  expect(sagaTrouble(definition, stopped, false)).toEqual({
    task: 'refund',
    cause: 'Unavailable: payment answered 503',
    tries: 1,
  });
});
