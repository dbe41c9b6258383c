import type { ResourceType } from './resource-type';

/** Step Functions. */
export const stepFunctions = {
  aws_sfn_state_machine: {
    attributes: [
      'type',
      'definition',
      'logging_configuration',
      'tracing_configuration',
      'role_arn',
      'encryption_configuration',
    ],
    holds: {
      lost: 'running executions: they are stopped where they are, without compensation',
      severity: 'high',
      first: 'Start nothing new, and let what runs come to its end first',
      move: 'start what is new there, let what runs in the old one come to its end',
    },
    key: 'encryption_configuration.0.kms_key_id',
    role: { path: 'role_arn', service: 'states.amazonaws.com' },
    sending: 'states:StartExecution',
    one: { identity: ['name'], created: 'refused' },
    fixed: ['type'],
  },
  aws_sfn_activity: { attributes: [] },
  aws_sfn_alias: { attributes: [] },
} as const satisfies Readonly<Record<string, ResourceType>>;
