import type { TypePath } from '../resources';
import type { Target } from './graph';
import type { DeadLetter } from './messaging';

export const knownPolicy = (policy: DeadLetter | undefined | 'unknown'): DeadLetter | undefined =>
  policy === 'unknown' ? undefined : policy;
export const nameOfTarget = (target: Target | undefined): string =>
  target?.kind === 'resource'
    ? target.resource.address
    : target?.kind === 'elsewhere'
      ? target.name
      : '(known after apply)';

/** Where each type says who gets what it could not deliver. */
export const DESTINATIONS: readonly (TypePath & { document: boolean })[] = [
  { type: 'aws_sns_topic_subscription', path: 'redrive_policy', document: true },
  { type: 'aws_cloudwatch_event_target', path: 'dead_letter_config.0.arn', document: false },
  { type: 'aws_lambda_function', path: 'dead_letter_config.0.target_arn', document: false },
  { type: 'aws_scheduler_schedule', path: 'target.0.dead_letter_config.0.arn', document: false },
  {
    type: 'aws_lambda_event_source_mapping',
    path: 'destination_config.0.on_failure.0.destination_arn',
    document: false,
  },
  {
    type: 'aws_lambda_function_event_invoke_config',
    path: 'destination_config.0.on_failure.0.destination',
    document: false,
  },
  {
    type: 'aws_pipes_pipe',
    path: 'source_parameters.0.kinesis_stream_parameters.0.dead_letter_config.0.arn',
    document: false,
  },
  {
    type: 'aws_pipes_pipe',
    path: 'source_parameters.0.dynamodb_stream_parameters.0.dead_letter_config.0.arn',
    document: false,
  },
];
