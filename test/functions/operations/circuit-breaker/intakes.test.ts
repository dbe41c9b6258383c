import { ResourceInUseException } from '@aws-sdk/client-lambda';
import { ConflictException } from '@aws-sdk/client-pipes';
import { intake } from '../../../../functions/operations/circuit-breaker/reconcile/intakes';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

/** Clients of AWS that answer what they are asked, and write down what they are told. */
function aws(state: object, refusals: Error[] = []) {
  const told: string[] = [];
  const client = {
    send: async (command: { input: object; constructor: { name: string } }) => {
      if (/^(Get|Describe)/.test(command.constructor.name)) return state;
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      told.push(`${command.constructor.name} ${JSON.stringify(command.input)}`);
      return {};
    },
  };
  return { told, clients: { lambda: client, pipes: client, events: client } as never };
}

const mapping = { mapping: 'uuid' };
const pipe = { pipe: 'clicks' };
const rule = { rule: 'placed', bus: 'shop' };

test.each([
  ['a mapping', mapping, { State: 'Enabled' }, true],
  ['a mapping that comes up', mapping, { State: 'Enabling' }, true],
  ['a mapping that is off', mapping, { State: 'Disabled' }, false],
  ['a mapping that is being changed', mapping, { State: 'Updating' }, undefined],
  ['a pipe', pipe, { CurrentState: 'RUNNING', DesiredState: 'RUNNING' }, true],
  ['a pipe that goes down', pipe, { CurrentState: 'STOPPING', DesiredState: 'STOPPED' }, false],
  ['a pipe that could not be stopped', pipe, { CurrentState: 'STOP_FAILED', DesiredState: 'STOPPED' }, undefined],
  ['a rule', rule, { State: 'ENABLED' }, true],
  ['a rule that is off', rule, { State: 'DISABLED' }, false],
])('%s is seen as it stands', async (_, named, state, on) => {
  expect(await intake(named, aws(state).clients).isOn()).toBe(on);
});

test('each is switched by its own call, and a mapping of a stream is told of no concurrency, which Lambda would refuse', async () => {
  const { told, clients } = aws({});
  for (const named of [mapping, pipe, rule]) {
    await intake(named, clients).switch(false);
    await intake(named, clients).switch(true);
  }
  expect(told).toEqual([
    'UpdateEventSourceMappingCommand {"UUID":"uuid","Enabled":false}',
    'UpdateEventSourceMappingCommand {"UUID":"uuid","Enabled":true}',
    'StopPipeCommand {"Name":"clicks"}',
    'StartPipeCommand {"Name":"clicks"}',
    'DisableRuleCommand {"Name":"placed","EventBusName":"shop"}',
    'EnableRuleCommand {"Name":"placed","EventBusName":"shop"}',
  ]);
});

test.each([
  ['Lambda', mapping, () => new ResourceInUseException({ message: 'busy', $metadata: {} })],
  [
    'EventBridge',
    pipe,
    () => new ConflictException({ message: 'busy', $metadata: {}, resourceId: '', resourceType: '' }),
  ],
])(
  'while %s is busy with an earlier change it is asked again, and not for ever',
  async (_, named, busy: () => Error) => {
    const patient = aws({}, [busy(), busy()]);
    await intake(named, patient.clients).switch(false);
    expect(patient.told).toHaveLength(1);
    const stuck = aws({}, Array.from({ length: 100 }, busy));
    await expect(intake(named, stuck.clients).switch(false)).rejects.toThrow('busy');
  },
);
