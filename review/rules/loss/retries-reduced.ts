import { numberOn } from '../../graph/change';
import type { Messaging } from '../../graph/messaging';
import { read, type Side, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { isAbsent, isOpen, textOf } from '../../plan/values';
import type { Rule } from '../rule';

/** Where each type says how often and for how long it tries; what the service does when nothing is said. */
interface Retries {
  readonly type: string;
  readonly attempts: string;
  readonly age: string;
  readonly defaults: { readonly attempts: number; readonly age: number };
  /** Who gets what it gives up on. */
  readonly caught: readonly string[];
}
const FOR_EVER = Number.POSITIVE_INFINITY;

const RETRIES: readonly Retries[] = [
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

export const rule: Rule = {
  id: 'loss/retries-reduced',
  severity: 'medium',
  title: 'What fails is given up sooner',
  *check({ graph }) {
    for (const setting of RETRIES) {
      for (const resource of graph.ofType(setting.type)) {
        if (!changesLimits(graph, resource)) continue;
        const changes = (['attempts', 'age'] as const).flatMap((kind) => {
          const [before, after] = [
            limitOn(resource, 'before', setting, kind),
            limitOn(resource, 'after', setting, kind),
          ];
          return before === undefined || after === undefined || after >= before ? [] : [{ kind, before, after }];
        });
        if (changes.length === 0) continue;
        const kept = setting.caught.some((path) => !isAbsent(read(resource, 'after', path)));
        const never = changes.some(({ kind, after }) => kind === 'attempts' && after === 0);
        const say = (side: 'before' | 'after') =>
          changes.map((change) => `${nameOfLimit(setting, change.kind)} ${shownLimit(change[side])}`).join(', ');
        yield {
          resource,
          severity: never ? (kept ? 'medium' : 'high') : kept ? 'low' : 'medium',
          before: say('before'),
          after: say('after'),
          why: `${never ? 'A single throttle or a moment without its target is enough to give it up' : 'It is given up before a longer outage is over'}${
            kept
              ? `, and it goes to where failures are kept${setting.type === 'aws_lambda_event_source_mapping' ? '; of a record only its place in the stream is kept' : ''}.`
              : ', and nobody is told what was lost.'
          }`,
          action: kept
            ? 'Keep the limit longer than the outages you have had.'
            : 'Set a place where failures are kept, and a limit longer than the outages you have had.',
        };
      }
    }
  },
};

/** Settings that change, or that are made for a function which ran with the defaults until now. */
function changesLimits(graph: Messaging, resource: Resource): boolean {
  if (resource.type === 'aws_lambda_event_source_mapping')
    return survives(resource) && textOf(read(resource, 'after', 'starting_position')) !== undefined;
  if (resource.type !== 'aws_lambda_function_event_invoke_config' || resource.action !== 'create')
    return survives(resource);
  const fn = graph.functionOf(resource, 'after');
  return fn !== undefined && survives(fn);
}

function limitOn(resource: Resource, side: Side, setting: Retries, kind: 'attempts' | 'age'): number | undefined {
  const value = read(resource, side, setting[kind]);
  if (isOpen(value)) return undefined;
  const number = numberOn(resource, side, setting[kind]);
  return number === undefined ? setting.defaults[kind] : number < 0 ? FOR_EVER : number;
}

const nameOfLimit = (setting: Retries, kind: 'attempts' | 'age'): string => setting[kind].split('.').at(-1) ?? kind;
const shownLimit = (limit: number): string => (limit === FOR_EVER ? 'unlimited' : String(limit));
