import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { cloudWatchAlarm } from '../../../../functions/operations/circuit-breaker/alarm';

const at = (milliseconds: number) => new Date(milliseconds);

/** CloudWatch that answers as given, and what it was asked. */
function cloudWatch(answer: object) {
  const asked: object[] = [];
  const send = async ({ input }: { input: object }) => {
    asked.push(input);
    return answer;
  };
  return { alarm: cloudWatchAlarm({ send } as unknown as CloudWatchClient), asked };
}

test('an alarm of one metric or a composite one is asked by its name, and CloudWatch leaves composite ones out when it is not told', async () => {
  const ringing = { StateValue: 'ALARM', StateReason: '3 failed', StateTransitionedTimestamp: at(1000) };
  for (const kind of ['MetricAlarms', 'CompositeAlarms']) {
    const { alarm, asked } = cloudWatch({ MetricAlarms: [], CompositeAlarms: [], [kind]: [ringing] });
    expect(await alarm('handler-errors')).toEqual({ ringing: true, since: 1000, reason: '3 failed' });
    expect(asked).toEqual([{ AlarmNames: ['handler-errors'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }]);
  }
});

test('it has rung since it last changed into ALARM, not since its reason was last written', async () => {
  const states = { StateValue: 'ALARM', StateUpdatedTimestamp: at(9000) };
  const { alarm } = cloudWatch({ MetricAlarms: [{ ...states, StateTransitionedTimestamp: at(1000) }] });
  expect((await alarm('a')).since).toBe(1000);
  expect((await cloudWatch({ MetricAlarms: [states] }).alarm('a')).since).toBe(9000);
});

test('one that lacks data, or that is not there, does not ring', async () => {
  for (const answer of [
    {},
    { MetricAlarms: [{ StateValue: 'INSUFFICIENT_DATA' }] },
    { MetricAlarms: [{ StateValue: 'OK' }] },
  ])
    expect(await cloudWatch(answer).alarm('a')).toMatchObject({ ringing: false });
});
