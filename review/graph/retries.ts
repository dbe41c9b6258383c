import type { Resource } from '../plan/model';
import { isOpen } from '../plan/values';
import type { AnyPath, TypeName } from '../resources';
import { numberOn } from './change';
import { read, type Side } from './side';

/** Where each type says how often and for how long it tries; what the service does when nothing is said. */
export interface Retries {
  readonly type: TypeName;
  readonly attempts: AnyPath;
  readonly age: AnyPath;
  readonly defaults: { readonly attempts: number; readonly age: number };
  /** Who gets what it gives up on. */
  readonly caught: readonly AnyPath[];
}
export const FOR_EVER = Number.POSITIVE_INFINITY;

export const RETRIES: readonly Retries[] = [
  {
    type: 'aws_lambda_event_source_mapping',
    attempts: 'maximum_retry_attempts',
    age: 'maximum_record_age_in_seconds',
    defaults: { attempts: FOR_EVER, age: FOR_EVER },
    caught: ['destination_config.0.on_failure'],
  },
  {
    type: 'aws_lambda_function_event_invoke_config',
    attempts: 'maximum_retry_attempts',
    age: 'maximum_event_age_in_seconds',
    defaults: { attempts: 2, age: 21_600 },
    caught: ['destination_config.0.on_failure'],
  },
  {
    type: 'aws_cloudwatch_event_target',
    attempts: 'retry_policy.0.maximum_retry_attempts',
    age: 'retry_policy.0.maximum_event_age_in_seconds',
    defaults: { attempts: 185, age: 86_400 },
    caught: ['dead_letter_config.0.arn'],
  },
  {
    type: 'aws_scheduler_schedule',
    attempts: 'target.0.retry_policy.0.maximum_retry_attempts',
    age: 'target.0.retry_policy.0.maximum_event_age_in_seconds',
    defaults: { attempts: 185, age: 86_400 },
    caught: ['target.0.dead_letter_config.0.arn'],
  },
  {
    type: 'aws_pipes_pipe',
    attempts: 'source_parameters.0.kinesis_stream_parameters.0.maximum_retry_attempts',
    age: 'source_parameters.0.kinesis_stream_parameters.0.maximum_record_age_in_seconds',
    defaults: { attempts: FOR_EVER, age: FOR_EVER },
    caught: ['source_parameters.0.kinesis_stream_parameters.0.dead_letter_config.0.arn'],
  },
  {
    type: 'aws_pipes_pipe',
    attempts: 'source_parameters.0.dynamodb_stream_parameters.0.maximum_retry_attempts',
    age: 'source_parameters.0.dynamodb_stream_parameters.0.maximum_record_age_in_seconds',
    defaults: { attempts: FOR_EVER, age: FOR_EVER },
    caught: ['source_parameters.0.dynamodb_stream_parameters.0.dead_letter_config.0.arn'],
  },
];

export function limitOn(
  resource: Resource,
  side: Side,
  setting: Retries,
  kind: 'attempts' | 'age',
): number | undefined {
  const value = read(resource, side, setting[kind]);
  if (isOpen(value)) return undefined;
  const number = numberOn(resource, side, setting[kind]);
  return number === undefined ? setting.defaults[kind] : number < 0 ? FOR_EVER : number;
}

export const nameOfLimit = (setting: Retries, kind: 'attempts' | 'age'): string =>
  setting[kind].split('.').at(-1) ?? kind;
export const shownLimit = (limit: number): string => (limit === FOR_EVER ? 'unlimited' : String(limit));
