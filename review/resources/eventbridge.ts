import type { ResourceType } from './resource-type';

/** EventBridge: buses, rules, archives, pipes and schedules. */
export const eventbridge = {
  aws_cloudwatch_event_connection: { attributes: ['kms_key_identifier'], key: 'kms_key_identifier' },
  aws_schemas_registry: {
    attributes: [],
    holds: {
      lost: 'every schema in the registry, those that were discovered or that others registered as well',
      severity: 'high',
      first: 'Show that nobody reads or registers schemas there',
      move: 'register every schema there, those of others included',
    },
  },
  aws_glue_registry: {
    attributes: [],
    holds: {
      lost: 'every schema in the registry with its versions: records that name one can no longer be read',
      severity: 'critical',
      first: 'Show that nobody reads or registers schemas there',
      move: 'register every schema there, those of others included',
    },
  },
  aws_cloudwatch_event_bus: {
    attributes: ['kms_key_identifier'],
    names: ['name'],
    holds: {
      lost: 'the bus with its rules: events sent to it from then on are dropped',
      severity: 'high',
      first: 'Move its publishers and rules first, those that applications made included',
      // "EventBus can't be deleted since it has rules": terraform-provider-aws#22131.
      occupied: [{ type: 'aws_cloudwatch_event_rule', path: 'event_bus_name' }],
      move: 'make its rules there, then move publishers over',
    },
    key: 'kms_key_identifier',
    sending: 'events:PutEvents',
    one: { identity: ['name'], created: 'refused' },
  },
  aws_cloudwatch_event_bus_policy: {
    attributes: ['event_bus_name', 'policy'],
    one: { identity: ['event_bus_name?'], created: 'over it' },
  },
  aws_cloudwatch_event_permission: {
    attributes: ['event_bus_name', 'statement_id', 'principal'],
    one: { identity: ['event_bus_name?', 'statement_id'], created: 'over it' },
  },
  aws_cloudwatch_event_rule: {
    attributes: ['event_pattern', 'schedule_expression', 'state', 'is_enabled', 'event_bus_name'],
    names: ['name'],
    one: { identity: ['event_bus_name?', 'name'], created: 'over it' },
  },
  aws_cloudwatch_event_target: {
    attributes: [
      'rule',
      'arn',
      'target_id',
      'event_bus_name',
      'dead_letter_config',
      'retry_policy',
      'input',
      'input_path',
      'input_transformer',
      'role_arn',
    ],
    role: { path: 'role_arn', service: 'events.amazonaws.com' },
    one: { identity: ['event_bus_name?', 'rule', 'target_id'], created: 'over it' },
  },
  aws_cloudwatch_event_archive: {
    attributes: ['retention_days', 'event_pattern', 'kms_key_identifier'],
    key: 'kms_key_identifier',
    holds: {
      lost: 'every archived event, so that nothing can be replayed',
      severity: 'critical',
      first: 'Show that nobody will have to replay these events',
      move: 'let both archive until nobody needs what only the old one has',
    },
    one: { identity: ['name'], created: 'refused' },
  },
  aws_pipes_pipe: {
    attributes: [
      'source',
      'target',
      'desired_state',
      'source_parameters',
      'target_parameters',
      'role_arn',
      'kms_key_identifier',
    ],
    key: 'kms_key_identifier',
    role: { path: 'role_arn', service: 'pipes.amazonaws.com' },
    one: { identity: ['name'], created: 'refused' },
  },
  aws_scheduler_schedule_group: {
    attributes: ['name_prefix'],
    holds: {
      lost: 'every schedule in the group, those that applications made at run time as well: what they had to start is never started',
      severity: 'critical',
      first: 'List what is in the group (`aws scheduler list-schedules --group-name …`) and move or end each',
      move: 'make every schedule again in it, those of applications included',
    },
    one: { identity: ['name'], created: 'refused' },
  },
  aws_scheduler_schedule: {
    attributes: ['state', 'target', 'schedule_expression', 'group_name', 'kms_key_arn'],
    key: 'kms_key_arn',
    role: { path: 'target.0.role_arn', service: 'scheduler.amazonaws.com' },
    one: { identity: ['group_name?', 'name'], created: 'refused' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
