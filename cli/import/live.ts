import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type EventSourceMappingConfiguration,
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Connection } from '../night/connection';
import { type Existing, objectOf, parsed, textOf, type Values } from './resources';
import { functionNameOf } from './types';

/** Names, ARNs or (of queues) URLs. */
export interface Named {
  readonly queues: readonly string[];
  readonly functions: readonly string[];
  readonly tables: readonly string[];
}

const QUEUE = /^arn:[\w-]+:sqs:[\w-]+:(\d{12}):([\w.-]+)$/;

const found = (type: string, name: string, values: Values): Existing => ({ type, name, values, from: 'aws' });

async function queueAt(sqs: SQSClient, named: string): Promise<Existing> {
  const [, account, own] = QUEUE.exec(named) ?? [];
  const url = named.includes('://')
    ? named
    : (await sqs.send(new GetQueueUrlCommand({ QueueName: own ?? named, QueueOwnerAWSAccountId: account }))).QueueUrl;
  const { Attributes: is = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  const name = String(is.QueueArn).split(':').at(-1) ?? named;
  return found('aws_sqs_queue', name, {
    ...{ name, url, id: url, arn: is.QueueArn },
    fifo_queue: is.FifoQueue === 'true',
    content_based_deduplication: is.ContentBasedDeduplication === 'true',
    deduplication_scope: is.DeduplicationScope,
    fifo_throughput_limit: is.FifoThroughputLimit,
    delay_seconds: is.DelaySeconds,
    max_message_size: is.MaximumMessageSize,
    message_retention_seconds: is.MessageRetentionPeriod,
    receive_wait_time_seconds: is.ReceiveMessageWaitTimeSeconds,
    visibility_timeout_seconds: is.VisibilityTimeout,
    kms_master_key_id: is.KmsMasterKeyId ?? '',
    sqs_managed_sse_enabled: is.SqsManagedSseEnabled,
    policy: is.Policy ?? '',
    redrive_policy: is.RedrivePolicy ?? '',
    redrive_allow_policy: is.RedriveAllowPolicy ?? '',
  });
}

const deadLetterQueueOf = ({ values: { redrive_policy: policy } }: Existing): string | undefined =>
  textOf(objectOf(parsed(policy)).deadLetterTargetArn);

const mapping = (is: EventSourceMappingConfiguration): Existing =>
  found('aws_lambda_event_source_mapping', is.UUID ?? '', {
    ...{ uuid: is.UUID, id: is.UUID, event_source_arn: is.EventSourceArn, function_name: is.FunctionArn },
    batch_size: is.BatchSize,
    enabled: is.State === 'Enabled' || is.State === 'Enabling',
    filter_criteria: is.FilterCriteria?.Filters?.map(({ Pattern: pattern }) => ({ filter: { pattern } })) ?? null,
    function_response_types: is.FunctionResponseTypes ?? [],
    maximum_batching_window_in_seconds: is.MaximumBatchingWindowInSeconds ?? 0,
    scaling_config: { maximum_concurrency: is.ScalingConfig?.MaximumConcurrency ?? null },
  });

/** A function, its role, and its log group, which Lambda makes at the first call and an apply can't make a second time. */
async function functionNamed(lambda: LambdaClient, logs: CloudWatchLogsClient, named: string): Promise<Existing[]> {
  const is = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: named }));
  const name = String(is.FunctionName);
  const [, path = '/', role = ''] = /:role(\/.*?)([^/]+)$/.exec(String(is.Role)) ?? [];
  const group = is.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }));
  return [
    found('aws_lambda_function', name, {
      ...{ function_name: name, id: name, arn: is.FunctionArn, role: is.Role, package_type: is.PackageType ?? 'Zip' },
      ...{ runtime: is.Runtime, handler: is.Handler, memory_size: is.MemorySize, timeout: is.Timeout },
      ...{ architectures: is.Architectures, description: is.Description ?? '', kms_key_arn: is.KMSKeyArn ?? '' },
      environment: is.Environment ? { variables: is.Environment.Variables ?? {} } : null,
      layers: is.Layers?.map(({ Arn }) => Arn) ?? [],
      tracing_config: { mode: is.TracingConfig?.Mode ?? null },
      logging_config: { log_format: is.LoggingConfig?.LogFormat ?? null, log_group: group },
      vpc_config: is.VpcConfig?.VpcId
        ? { subnet_ids: is.VpcConfig.SubnetIds, security_group_ids: is.VpcConfig.SecurityGroupIds }
        : null,
    }),
    ...(role ? [found('aws_iam_role', role, { name: role, id: role, arn: is.Role, path })] : []),
    ...logGroups
      .filter(({ logGroupName }) => logGroupName === group)
      .map(({ retentionInDays = 0, arn }) =>
        found('aws_cloudwatch_log_group', group, {
          ...{ name: group, id: group, arn: arn?.replace(/:\*$/, ''), retention_in_days: retentionInDays },
        }),
      ),
  ];
}

async function tableNamed(dynamo: DynamoDBClient, named: string): Promise<Existing> {
  const { Table: is } = await dynamo.send(new DescribeTableCommand({ TableName: named }));
  const key = (kind: string) => is?.KeySchema?.find(({ KeyType }) => KeyType === kind)?.AttributeName ?? null;
  const name = String(is?.TableName);
  return found('aws_dynamodb_table', name, {
    ...{ name, id: name, arn: is?.TableArn, hash_key: key('HASH'), range_key: key('RANGE') },
    billing_mode: is?.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
    deletion_protection_enabled: is?.DeletionProtectionEnabled ?? false,
  });
}

/** What is on AWS of these names, and what belongs to it: a queue's dead-letter queue and mappings, their functions, with role and log group. */
export async function resourcesOnAws(named: Named, connectTo: (name: string) => Connection): Promise<Existing[]> {
  const resources = new Map<string, Existing>();
  const add = (...each: Existing[]) => {
    for (const one of each) resources.set(`${one.type} ${one.name}`, one);
  };
  const functions = new Map(named.functions.map((name) => [name, name]));
  for (const name of named.queues) {
    const connection = connectTo(name);
    const [sqs, lambda] = [new SQSClient(connection), new LambdaClient(connection)];
    const queue = await queueAt(sqs, name);
    const deadLetters = deadLetterQueueOf(queue);
    add(queue, ...(deadLetters ? [await queueAt(sqs, deadLetters)] : []));
    for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
      { client: lambda },
      { EventSourceArn: String(queue.values.arn) },
    )) {
      add(...EventSourceMappings.map(mapping));
      for (const { FunctionArn = '' } of EventSourceMappings)
        functions.set(functionNameOf(FunctionArn).replace(/:.*$/, ''), name);
    }
  }
  for (const [name, near] of functions) {
    const connection = connectTo(near);
    add(...(await functionNamed(new LambdaClient(connection), new CloudWatchLogsClient(connection), name)));
  }
  for (const name of named.tables) add(await tableNamed(new DynamoDBClient(connectTo(name)), name));
  return [...resources.values()];
}
