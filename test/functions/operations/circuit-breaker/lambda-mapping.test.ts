import {
  type LambdaClient,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { lambdaMapping } from '../../../../functions/operations/circuit-breaker/reconcile/lambda-mapping';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

/** Lambda that answers each update from a list, and then takes it. */
function lambda(state: object, refusals: Error[] = []) {
  const sent: object[] = [];
  const send = async (command: { input: object }) => {
    if (!(command instanceof UpdateEventSourceMappingCommand)) return state;
    const refusal = refusals.shift();
    if (refusal) throw refusal;
    sent.push(command.input);
    return {};
  };
  return { mapping: lambdaMapping({ send } as unknown as LambdaClient, 'uuid'), sent, refusals };
}

const busy = () => new ResourceInUseException({ message: 'busy', $metadata: {} });

test('what Lambda is switching to counts as switched, and while it updates nothing is known', async () => {
  const states = {
    Enabled: true,
    Enabling: true,
    Creating: true,
    Disabled: false,
    Disabling: false,
    Updating: undefined,
  };
  for (const [State, enabled] of Object.entries(states)) {
    const { mapping } = lambda({ State, ScalingConfig: { MaximumConcurrency: 2 } });
    expect(await mapping.read()).toEqual({ enabled, maximumConcurrency: 2 });
  }
});

test('a mapping without a maximum is read as one, and gets rid of it by an empty configuration', async () => {
  const { mapping, sent } = lambda({ State: 'Enabled' });
  expect(await mapping.read()).toEqual({ enabled: true, maximumConcurrency: undefined });
  await mapping.update({ enabled: true, maximumConcurrency: undefined });
  await mapping.update({ enabled: false, maximumConcurrency: 2 });
  expect(sent).toEqual([
    { UUID: 'uuid', Enabled: true, ScalingConfig: {} },
    { UUID: 'uuid', Enabled: false, ScalingConfig: { MaximumConcurrency: 2 } },
  ]);
});

test('while Lambda is busy with an earlier change it is asked again, and not for ever', async () => {
  const patient = lambda({}, [busy(), busy(), busy()]);
  await patient.mapping.update({ enabled: false, maximumConcurrency: 2 });
  expect(patient.sent).toHaveLength(1);
  const stuck = lambda({}, Array.from({ length: 100 }, busy));
  await expect(stuck.mapping.update({ enabled: false, maximumConcurrency: 2 })).rejects.toThrow(ResourceInUseException);
  expect(stuck.refusals.length).toBeGreaterThan(70);
});

test('any other error is told at once', async () => {
  const gone = new ResourceNotFoundException({ message: 'gone', $metadata: {} });
  const { mapping, refusals } = lambda({}, [gone, gone]);
  await expect(mapping.update({ enabled: true, maximumConcurrency: 2 })).rejects.toThrow('gone');
  expect(refusals).toHaveLength(1);
});
