import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { GetEventSourceMappingCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  ConflictException,
  DescribePipeCommand,
  type PipesClient,
  StartPipeCommand,
  StopPipeCommand,
} from '@aws-sdk/client-pipes';
import type { NamedIntake } from './contract';
import { isOn, updateMapping, whileBusy } from './lambda-mapping';
import type { Intake } from './reconcile';

interface IntakeClients {
  readonly lambda: LambdaClient;
  readonly pipes: PipesClient;
  readonly events: EventBridgeClient;
}

export function intake(named: NamedIntake, { lambda, pipes, events }: IntakeClients): Intake {
  if ('mapping' in named) return mappingIntake(lambda, named.mapping);
  if ('pipe' in named) return pipeIntake(pipes, named.pipe);
  return ruleIntake(events, named.rule, named.bus);
}

/** The mapping of a stream, a topic or a broker's queue. It has no concurrency to be set: only mappings of SQS take a `ScalingConfig`. Source: CloudFormation, AWS::Lambda::EventSourceMapping ScalingConfig. */
const mappingIntake = (lambda: LambdaClient, UUID: string): Intake => ({
  isOn: async () => isOn(await lambda.send(new GetEventSourceMappingCommand({ UUID }))),
  switch: (on) => updateMapping(lambda, { UUID, Enabled: on }),
});

/** Source: EventBridge Pipes API, StopPipe: the desired state is what it comes to, unless the change fails. */
const pipeIntake = (pipes: PipesClient, Name: string): Intake => ({
  isOn: async () => {
    const { CurrentState = '', DesiredState } = await pipes.send(new DescribePipeCommand({ Name }));
    return CurrentState.endsWith('_FAILED') ? undefined : DesiredState === 'RUNNING';
  },
  switch: (on) =>
    whileBusy(
      () => pipes.send(on ? new StartPipeCommand({ Name }) : new StopPipeCommand({ Name })),
      (error) => error instanceof ConflictException,
    ),
});

const ruleIntake = (events: EventBridgeClient, Name: string, EventBusName: string): Intake => ({
  isOn: async () => (await events.send(new DescribeRuleCommand({ Name, EventBusName }))).State !== 'DISABLED',
  switch: async (on) => {
    const rule = { Name, EventBusName };
    await events.send(on ? new EnableRuleCommand(rule) : new DisableRuleCommand(rule));
  },
});
