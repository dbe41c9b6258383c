import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { isAbsent, isOpen, textOf } from '../plan/values';
import { booleanOn, numberOn } from './newly';
import { readersOf, whoOf } from './readers';
import type { Rule } from './rule';
import { list } from './words';

const position: Rule = {
  id: 'loss/stream-position',
  severity: 'high',
  title: 'A stream consumer loses its place in the stream',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      if (mapping.action !== 'replace') continue;
      const start = textOf(read(mapping, 'after', 'starting_position'));
      if (!start) continue;
      const latest = start === 'LATEST';
      yield {
        resource: mapping,
        severity: latest ? 'high' : 'medium',
        before: 'reads on from its checkpoint',
        after: `starts at ${start}`,
        why: latest
          ? 'The checkpoint goes with the mapping, and the new one starts with records that come after it: those in between are never processed.'
          : 'The checkpoint goes with the mapping, and the new one reads what the stream still keeps again: every record of that time is processed twice.',
        action: latest
          ? 'Start at AT_TIMESTAMP, a little before the apply.'
          : 'Make sure that processing a record twice has no second effect, or start at AT_TIMESTAMP.',
      };
    }
    for (const table of graph.ofType('aws_dynamodb_table')) {
      if (!survives(table) || booleanOn(table, 'before', 'stream_enabled') !== true) continue;
      const on = read(table, 'after', 'stream_enabled');
      const off = !isOpen(on) && booleanOn(table, 'after', 'stream_enabled') !== true;
      const [was, is] = [
        textOf(read(table, 'before', 'stream_view_type')),
        textOf(read(table, 'after', 'stream_view_type')),
      ];
      if (!off && (was === undefined || is === undefined || was === is)) continue;
      const left = readersOf(graph, table, 'after').filter(({ resource }) => existsOn(resource, 'before'));
      const who = left.length > 0 ? list(left.map(whoOf)) : 'whoever reads it';
      yield {
        resource: table,
        severity: left.length > 0 ? 'high' : 'medium',
        before: `stream with ${was ?? 'its records'}`,
        after: off ? 'no stream' : `a new stream, with ${is}`,
        why: off
          ? `Changes to items are told to nobody any more, ${who} among them; what it had not read yet is readable for a day at most.`
          : `A stream can not change what it shows: the table gets a new one under another ARN. ${left.length > 0 ? `${who} reads the old one to its end, or is put on the new one and never sees the rest` : 'Whoever reads the old one gets nothing new'}.`,
        action: off
          ? 'Remove its readers first, when they have caught up.'
          : 'Let the readers catch up while nothing is written, then change stream and readers in one apply.',
      };
    }
  },
};

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

const retries: Rule = {
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

const bisect: Rule = {
  id: 'storm/bisect-removed',
  severity: 'medium',
  title: 'One bad record blocks or repeats its whole batch',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      const on = (side: Side) => booleanOn(mapping, side, 'bisect_batch_on_function_error');
      if (!survives(mapping) || on('before') !== true || on('after') !== false) continue;
      yield {
        resource: mapping,
        before: 'a failing batch is split',
        after: 'a failing batch is repeated whole',
        why: 'One record that always fails makes every record of its batch run again until the retries end, and holds its shard up for that long.',
        action: 'Keep bisect_batch_on_function_error, or report single failures (ReportBatchItemFailures).',
      };
    }
  },
};

export const streamRules: readonly Rule[] = [position, retries, bisect];
