import {
  CreatePipeCommand,
  type CreatePipeCommandInput,
  DeletePipeCommand,
  PipesClient,
  UpdatePipeCommand,
} from '@aws-sdk/client-pipes';
import type { Configuration } from '../configuration';
import type { ResourceType } from '../resource-type';

function sourceParameters(configuration: Configuration): CreatePipeCommandInput['SourceParameters'] {
  const source = configuration.block('source_parameters');
  const filters = source?.block('filter_criteria')?.blocks('filter');
  return (
    source && {
      SqsQueueParameters: source
        .block('sqs_queue_parameters')
        ?.pascal('batch_size', 'maximum_batching_window_in_seconds'),
      FilterCriteria: filters && { Filters: filters.map((filter) => filter.pascal<object>('pattern')) },
    }
  );
}

function targetParameters(configuration: Configuration): CreatePipeCommandInput['TargetParameters'] {
  const goal = configuration.block('target_parameters');
  return (
    goal && {
      InputTemplate: goal.get('input_template'),
      StepFunctionStateMachineParameters: goal
        .block('step_function_state_machine_parameters')
        ?.pascal('invocation_type'),
      LambdaFunctionParameters: goal.block('lambda_function_parameters')?.pascal('invocation_type'),
      SqsQueueParameters: goal.block('sqs_queue_parameters')?.pascal('message_group_id', 'message_deduplication_id'),
      EventBridgeEventBusParameters: goal
        .block('eventbridge_event_bus_parameters')
        ?.pascal('detail_type', 'source', 'resources', 'time', 'endpoint_id'),
    }
  );
}

const pipeSettings = (configuration: Configuration): CreatePipeCommandInput => ({
  Name: configuration.need('name'),
  RoleArn: configuration.need('role_arn'),
  Source: configuration.need('source'),
  Target: configuration.need('target'),
  ...configuration.pascal<object>('description', 'desired_state', 'enrichment', 'kms_key_identifier'),
  SourceParameters: sourceParameters(configuration),
  TargetParameters: targetParameters(configuration),
});

const pipe: ResourceType = {
  identity: ['name', 'source'],
  async create(configuration, target) {
    const input = pipeSettings(configuration);
    const { Arn } = await target.client(PipesClient).send(new CreatePipeCommand(input));
    return { id: input.Name, name: input.Name, arn: Arn };
  },
  async update(configuration, target, deployed) {
    const { Source: _, SourceParameters: __, ...input } = pipeSettings(configuration);
    await target.client(PipesClient).send(new UpdatePipeCommand(input));
    return deployed;
  },
  async delete({ name }, target) {
    await target.client(PipesClient).send(new DeletePipeCommand({ Name: name as string }));
  },
};

export const pipes: Record<string, ResourceType> = { aws_pipes_pipe: pipe };
