import { textOf, type Values } from './resources';

/** What is known of a resource type of the AWS provider. */
export interface ResourceType {
  /** What people call it. */
  readonly noun: string;
  /** Attributes that tell one from another, the best first: where the first are unknown, the second decide if only one fits. */
  readonly identities: readonly (readonly string[])[];
  /** What `terraform import` takes. Source: the AWS provider's page of the type, "Import". */
  importId(values: Values): string | undefined;
  /** Attributes whose change makes another resource of it. Source: the schemas of the AWS provider (ForceNew); test/terraform/import.test.ts asks the provider itself. */
  readonly replacedBy: readonly string[];
  /** What holds where the stack says nothing. Source: the schemas of the AWS provider (Default). */
  readonly defaults?: Values;
  /** Set for what is a setting of another resource: the attribute that names it. Destroyed, it takes the setting off what was taken over. */
  readonly settingOf?: string;
}

const by =
  (...attributes: readonly string[]) =>
  (values: Values): string | undefined => {
    const parts = attributes.map((name) => textOf(values[name]));
    return parts.includes(undefined) ? undefined : parts.join('/');
  };

/** The function that an ARN, a partial ARN or a name means, with its version or alias if there is one. */
export const functionNameOf = (text: string): string => /:function:([\w-]+(?::[\w$-]+)?)/.exec(text)?.[1] ?? text;

const named = (noun: string, attribute: string, others: Partial<ResourceType> = {}): ResourceType => ({
  noun,
  identities: [[attribute]],
  importId: by(attribute),
  replacedBy: [attribute],
  ...others,
});

const queueSetting = (noun: string): ResourceType => ({
  ...named(noun, 'queue_url'),
  settingOf: 'queue_url',
});

export const TYPES: Readonly<Record<string, ResourceType>> = {
  aws_sqs_queue: named('queue', 'name', {
    importId: (values) => textOf(values.url) ?? textOf(values.id),
    replacedBy: ['name', 'fifo_queue'],
    defaults: {
      fifo_queue: false,
      content_based_deduplication: false,
      delay_seconds: 0,
      max_message_size: 262_144,
      message_retention_seconds: 345_600,
      receive_wait_time_seconds: 0,
      visibility_timeout_seconds: 30,
      kms_master_key_id: null,
      tags: null,
    },
  }),
  aws_sqs_queue_policy: queueSetting('queue policy'),
  aws_sqs_queue_redrive_policy: queueSetting('redrive policy'),
  aws_sqs_queue_redrive_allow_policy: queueSetting('redrive allow policy'),
  aws_lambda_function: named('function', 'function_name', {
    replacedBy: ['function_name', 'package_type'],
    defaults: { package_type: 'Zip', description: null, environment: null, layers: null, vpc_config: null, tags: null },
  }),
  aws_lambda_event_source_mapping: {
    noun: 'event source mapping',
    identities: [['event_source_arn', 'function_name'], ['event_source_arn']],
    importId: (values) => textOf(values.uuid) ?? textOf(values.id),
    replacedBy: ['event_source_arn', 'queues', 'topics', 'starting_position', 'starting_position_timestamp'],
    defaults: {
      ...{ enabled: true, filter_criteria: null, function_response_types: null, maximum_batching_window_in_seconds: 0 },
      scaling_config: null,
    },
  },
  aws_lambda_permission: {
    noun: 'permission',
    identities: [['function_name', 'statement_id']],
    importId: (values) => {
      const [name, statement] = [textOf(values.function_name), textOf(values.statement_id)];
      const qualifier = textOf(values.qualifier);
      return name && statement && `${functionNameOf(name)}${qualifier ? `:${qualifier}` : ''}/${statement}`;
    },
    replacedBy: ['function_name', 'statement_id', 'action', 'principal', 'source_arn', 'source_account', 'qualifier'],
    settingOf: 'function_name',
  },
  aws_lambda_function_event_invoke_config: named('asynchronous invocation setting', 'function_name', {
    importId: (values) => textOf(values.id) ?? textOf(values.function_name),
    replacedBy: ['function_name', 'qualifier'],
    settingOf: 'function_name',
  }),
  aws_dynamodb_table: named('table', 'name', {
    replacedBy: ['name', 'hash_key', 'range_key', 'local_secondary_index'],
    defaults: { range_key: null, billing_mode: 'PROVISIONED', deletion_protection_enabled: false, tags: null },
  }),
  aws_iam_role: named('role', 'name', { replacedBy: ['name', 'path'], defaults: { path: '/' } }),
  aws_iam_role_policy: {
    noun: 'role policy',
    identities: [['role', 'name']],
    importId: (values) => by('role', 'name')(values)?.replace('/', ':'),
    replacedBy: ['name', 'role'],
    settingOf: 'role',
  },
  aws_cloudwatch_log_group: named('log group', 'name', {
    replacedBy: ['name', 'log_group_class'],
    defaults: { retention_in_days: 0 },
  }),
  aws_cloudwatch_metric_alarm: named('alarm', 'alarm_name'),
  aws_sns_topic: named('topic', 'name', {
    importId: by('arn'),
    replacedBy: ['name', 'fifo_topic'],
    defaults: { fifo_topic: false },
  }),
  aws_kinesis_stream: named('stream', 'name'),
};
