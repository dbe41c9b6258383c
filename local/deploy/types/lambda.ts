import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  type SourceAccessConfiguration,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { Configuration } from '../configuration';
import { put, type ResourceType, type Target } from '../resource-type';

function functionSettings(configuration: Configuration): CreateFunctionCommandInput {
  const vpc = configuration.block('vpc_config');
  return {
    ...configuration.pascal<CreateFunctionCommandInput>(
      'function_name', 'description', 'role', 'runtime', 'handler', 'timeout', 'memory_size', 'layers', 'kms_key_arn>KMSKeyArn',
    ), // biome-ignore format: a list
    Environment: { Variables: configuration.block('environment')?.get<Record<string, string>>('variables') ?? {} },
    DeadLetterConfig: configuration.block('dead_letter_config')?.pascal('target_arn'),
    TracingConfig: configuration.block('tracing_config')?.pascal('mode'),
    LoggingConfig: configuration
      .block('logging_config')
      ?.pascal('log_format', 'log_group', 'application_log_level', 'system_log_level'),
    EphemeralStorage: configuration.block('ephemeral_storage')?.pascal('size'),
    VpcConfig: vpc?.pascal('subnet_ids', 'security_group_ids'),
  };
}

/** Read here; the hash only says when the archive is another one. */
function archive(configuration: Configuration, { directory }: Target): Uint8Array {
  configuration.get('source_code_hash');
  return readFileSync(join(directory, configuration.need('filename')));
}

async function setConcurrency(configuration: Configuration, FunctionName: string, target: Target): Promise<void> {
  const reserved = configuration.get<number>('reserved_concurrent_executions');
  const lambda = target.client(LambdaClient);
  if (reserved !== undefined && reserved >= 0) {
    const setting = { FunctionName, ReservedConcurrentExecutions: reserved };
    await lambda.send(new PutFunctionConcurrencyCommand(setting));
  } else {
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  }
}

const known = (name: string, arn: string, { region }: Target) => ({
  id: name,
  function_name: name,
  arn,
  invoke_arn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
});

const lambdaFunction: ResourceType = {
  identity: ['function_name', 'architectures'],
  async create(configuration, target) {
    const settings = functionSettings(configuration);
    const Architectures = configuration.get<('arm64' | 'x86_64')[]>('architectures');
    const Code = { ZipFile: archive(configuration, target) };
    const { FunctionName = '', FunctionArn = '' } = await target
      .client(LambdaClient)
      .send(new CreateFunctionCommand({ ...settings, Architectures, Code }));
    await setConcurrency(configuration, FunctionName, target);
    return known(FunctionName, FunctionArn, target);
  },
  async update(configuration, target, { arn }) {
    const settings = functionSettings(configuration);
    const { FunctionName = '' } = settings;
    configuration.get('architectures');
    const lambda = target.client(LambdaClient);
    await lambda.send(new UpdateFunctionConfigurationCommand(settings));
    const ZipFile = archive(configuration, target);
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    await setConcurrency(configuration, FunctionName, target);
    return known(FunctionName, arn as string, target);
  },
  async delete({ function_name }, target) {
    await target.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: function_name as string }));
  },
};

const permission: ResourceType = {
  identity: [],
  async create(configuration, target) {
    const StatementId =
      configuration.get('statement_id') ?? `terraform-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const FunctionName = configuration.need('function_name');
    await target.client(LambdaClient).send(
      new AddPermissionCommand({
        StatementId,
        FunctionName,
        Action: configuration.need('action'),
        Principal: configuration.need('principal'),
        ...configuration.pascal<object>('source_arn', 'source_account', 'qualifier'),
      }),
    );
    return { id: StatementId, statement_id: StatementId, function_name: FunctionName };
  },
  async delete({ statement_id, function_name }, target) {
    const found = { StatementId: statement_id as string, FunctionName: function_name as string };
    await target.client(LambdaClient).send(new RemovePermissionCommand(found));
  },
};

function mappingSettings(configuration: Configuration) {
  const filters = configuration.block('filter_criteria')?.blocks('filter');
  const onFailure = configuration.block('destination_config')?.block('on_failure');
  const accesses = configuration
    .blocks('source_access_configuration')
    .map((access) => access.pascal<SourceAccessConfiguration>('type', 'uri>URI'));
  return {
    ...configuration.pascal<CreateEventSourceMappingCommandInput>(
      'function_name', 'enabled', 'batch_size', 'maximum_batching_window_in_seconds', 'function_response_types', 'maximum_retry_attempts',
      'maximum_record_age_in_seconds', 'bisect_batch_on_function_error', 'parallelization_factor', 'tumbling_window_in_seconds',
    ), // biome-ignore format: a list
    ScalingConfig: configuration
      .block('scaling_config')
      ?.pascal<{ MaximumConcurrency?: number }>('maximum_concurrency'),
    SourceAccessConfigurations: accesses.length > 0 ? accesses : undefined,
    FilterCriteria: filters && { Filters: filters.map((filter) => filter.pascal<{ Pattern?: string }>('pattern')) },
    DestinationConfig: onFailure && {
      OnFailure: onFailure.pascal<{ Destination?: string }>('destination_arn>Destination'),
    },
  };
}

const mapping: ResourceType = {
  identity: ['event_source_arn', 'starting_position', 'starting_position_timestamp', 'queues', 'topics'],
  async create(configuration, target) {
    const from = configuration.get('starting_position_timestamp');
    const input = {
      ...mappingSettings(configuration),
      StartingPositionTimestamp: from === undefined ? undefined : new Date(from),
      ...configuration.pascal<object>('event_source_arn', 'starting_position', 'queues', 'topics'),
    };
    const { UUID, EventSourceMappingArn, FunctionArn } = await target
      .client(LambdaClient)
      .send(new CreateEventSourceMappingCommand(input));
    return { id: UUID, uuid: UUID, arn: EventSourceMappingArn, function_arn: FunctionArn };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    // `enabled` under ignore_changes is not in the configuration, so a breaker that has switched the mapping off finds it off.
    const input = { UUID: deployed.uuid as string, ...mappingSettings(configuration) };
    const { FunctionArn } = await target.client(LambdaClient).send(new UpdateEventSourceMappingCommand(input));
    return { ...deployed, function_arn: FunctionArn };
  },
  async delete({ uuid }, target) {
    await target.client(LambdaClient).send(new DeleteEventSourceMappingCommand({ UUID: uuid as string }));
  },
};

const invokeConfig = put(
  ['function_name', 'qualifier'],
  async (configuration, target) => {
    const destinations = configuration.block('destination_config');
    const FunctionName = configuration.need('function_name');
    await target.client(LambdaClient).send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        ...configuration.pascal<object>('maximum_event_age_in_seconds', 'maximum_retry_attempts', 'qualifier'),
        DestinationConfig: destinations && {
          OnFailure: destinations.block('on_failure')?.pascal('destination'),
          OnSuccess: destinations.block('on_success')?.pascal('destination'),
        },
      }),
    );
    return { id: FunctionName, function_name: FunctionName, qualifier: configuration.get('qualifier') };
  },
  async ({ function_name, qualifier }, target) => {
    const found = { FunctionName: function_name as string, Qualifier: qualifier as string | undefined };
    await target.client(LambdaClient).send(new DeleteFunctionEventInvokeConfigCommand(found));
  },
);

export const lambda: Record<string, ResourceType> = {
  aws_lambda_function: lambdaFunction,
  aws_lambda_permission: permission,
  aws_lambda_event_source_mapping: mapping,
  aws_lambda_function_event_invoke_config: invokeConfig,
};
