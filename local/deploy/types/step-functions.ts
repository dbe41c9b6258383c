import {
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineCommand,
  type LoggingConfiguration,
  SFNClient,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import type { Configuration } from '../configuration';
import type { ResourceType } from '../resource-type';

function logging(configuration: Configuration): LoggingConfiguration | undefined {
  const block = configuration.block('logging_configuration');
  const logGroupArn = block?.get('log_destination');
  return (
    block && {
      ...block.camel<LoggingConfiguration>('level', 'include_execution_data'),
      destinations: logGroupArn ? [{ cloudWatchLogsLogGroup: { logGroupArn } }] : undefined,
    }
  );
}

const machineSettings = (configuration: Configuration) => ({
  definition: configuration.need('definition'),
  roleArn: configuration.need('role_arn'),
  publish: configuration.get<boolean>('publish'),
  loggingConfiguration: logging(configuration),
  tracingConfiguration: configuration.block('tracing_configuration')?.camel<{ enabled?: boolean }>('enabled'),
  encryptionConfiguration: configuration
    .block('encryption_configuration')
    ?.camel<CreateStateMachineCommandInput['encryptionConfiguration']>(
      'kms_key_id',
      'kms_data_key_reuse_period_seconds',
      'type',
    ),
});

const machine: ResourceType = {
  identity: ['name', 'type'],
  async create(configuration, target) {
    const name = configuration.need('name');
    const type = configuration.get<'STANDARD' | 'EXPRESS'>('type');
    const { stateMachineArn } = await target
      .client(SFNClient)
      .send(new CreateStateMachineCommand({ name, type, ...machineSettings(configuration) }));
    return { id: stateMachineArn, arn: stateMachineArn, name };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    const input = { stateMachineArn: deployed.arn as string, ...machineSettings(configuration) };
    await target.client(SFNClient).send(new UpdateStateMachineCommand(input));
    return deployed;
  },
  async delete({ arn }, target) {
    await target.client(SFNClient).send(new DeleteStateMachineCommand({ stateMachineArn: arn as string }));
  },
};

export const stepFunctions: Record<string, ResourceType> = { aws_sfn_state_machine: machine };
