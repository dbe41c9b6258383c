import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isAbsent, isOpen, isRecord, listOf, textOf, type Value } from '../plan/values';
import { booleanOn } from './newly';
import type { Draft, Rule } from './rule';
import { list } from './words';

const ROUTE_STATES: readonly { type: string; path: string; off: string }[] = [
  { type: 'aws_cloudwatch_event_rule', path: 'state', off: 'DISABLED' },
  { type: 'aws_scheduler_schedule', path: 'state', off: 'DISABLED' },
  { type: 'aws_pipes_pipe', path: 'desired_state', off: 'STOPPED' },
];

const routeDisabled: Rule = {
  id: 'stop/route-disabled',
  severity: 'high',
  title: 'A rule, schedule or pipe is switched off',
  *check({ graph }) {
    const draft = (resource: Resource, before: string, after: string): Draft => ({
      resource,
      before,
      after,
      why:
        resource.type === 'aws_pipes_pipe'
          ? 'Nothing is carried any more; what waits at the source expires there.'
          : 'What it would have matched or started meanwhile is not made up for later.',
      action: 'Say who switches it on again and when.',
    });
    for (const { type, path, off } of ROUTE_STATES) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), textOf(read(resource, 'after', path))];
        if (survives(resource) && after === off && before !== undefined && before !== off)
          yield draft(resource, before, after);
      }
    }
    for (const rule of graph.ofType('aws_cloudwatch_event_rule')) {
      if (!survives(rule) || textOf(read(rule, 'after', 'state')) === 'DISABLED') continue;
      if (booleanOn(rule, 'before', 'is_enabled') === true && booleanOn(rule, 'after', 'is_enabled') === false) {
        yield draft(rule, 'enabled', 'disabled');
      }
    }
  },
};

/** Where each type says in which shape it hands messages on. What they hold is not shown: it may be anything. */
const SHAPES: readonly { type: string; path: string; say: (value: Value | undefined) => string }[] = [
  {
    type: 'aws_sns_topic_subscription',
    path: 'raw_message_delivery',
    say: (value) => (value === true ? 'the message as it was published' : 'the message inside SNS’s envelope'),
  },
  {
    type: 'aws_cloudwatch_event_target',
    path: 'input',
    say: (value) => (isAbsent(value) ? 'the event' : 'a constant'),
  },
  {
    type: 'aws_cloudwatch_event_target',
    path: 'input_path',
    say: (value) => (isAbsent(value) ? 'the whole event' : `${textOf(value) ?? 'a part'} of the event`),
  },
  {
    type: 'aws_cloudwatch_event_target',
    path: 'input_transformer',
    say: (value) => (isAbsent(value) ? 'the event' : 'the event as a template shapes it'),
  },
  {
    type: 'aws_pipes_pipe',
    path: 'target_parameters.0.input_template',
    say: (value) => (isAbsent(value) ? 'the record' : 'the record as a template shapes it'),
  },
  {
    type: 'aws_dynamodb_table',
    path: 'stream_view_type',
    say: (value) => textOf(value) ?? 'no stream',
  },
];

const shape: Rule = {
  id: 'stop/message-shape',
  severity: 'high',
  title: 'Messages arrive in another shape',
  *check({ graph }) {
    for (const { type, path, say } of SHAPES) {
      for (const resource of graph.ofType(type)) {
        const before = read(resource, 'before', path);
        const after = read(resource, 'after', path);
        if (!survives(resource) || !certainlyDiffers(before, after)) continue;
        const protocol = read(resource, 'after', 'protocol');
        if (type === 'aws_sns_topic_subscription' && (isOpen(protocol) || protocol === 'lambda')) continue;
        if (type === 'aws_dynamodb_table' && (isAbsent(before) || isAbsent(after))) continue;
        const [was, is] = [say(before), say(after)];
        yield {
          resource,
          before: was,
          after: was === is ? `${is}, another one` : is,
          why: 'Whoever receives them reads them as before: every message fails to parse, or is taken for an empty one, and ends as a dead letter or as nothing.',
          action:
            'Make the receiver read both shapes first, in an earlier apply; then change it, then drop the old one.',
        };
      }
    }
  },
};

/** What others use by its name or address: when it goes, they fail. */
const ENTRIES: readonly { type: string; owner?: string; what: string; fails: string }[] = [
  {
    type: 'aws_efs_access_point',
    owner: 'file_system_id',
    what: 'access point',
    fails: 'Functions and brokers that mount the file system by it do not start any more',
  },
  {
    type: 'aws_lambda_alias',
    owner: 'function_name',
    what: 'alias',
    fails:
      'Whoever invokes the function by it, a mapping or a subscription included, is told that there is no such function',
  },
  {
    type: 'aws_lambda_function_url',
    owner: 'function_name',
    what: 'address on the web',
    fails: 'Whoever sends there, a webhook of a payment provider for example, is refused',
  },
  {
    type: 'aws_sfn_activity',
    what: 'activity',
    fails: 'A state machine that waits for it fails at that state, and workers that poll it are refused',
  },
  {
    type: 'aws_kinesis_stream_consumer',
    owner: 'stream_arn',
    what: 'registered consumer',
    fails: 'Whoever reads the stream by it has no way in any more',
  },
  {
    type: 'aws_sfn_alias',
    what: 'alias',
    fails: 'Whoever starts the state machine by it is refused',
  },
];
const OWNERS = ['aws_efs_file_system', 'aws_lambda_function', 'aws_kinesis_stream'];

const entryRemoved: Rule = {
  id: 'stop/entry-removed',
  severity: 'high',
  title: 'Something that others use by its name is taken away',
  *check({ graph }) {
    const draft = (resource: Resource, before: string, fails: string): Draft => ({
      resource,
      before,
      after: 'gone',
      why: `${fails}.`,
      action: 'Show that nobody uses it any more, or move its users first.',
    });
    for (const { type, owner, what, fails } of ENTRIES) {
      const made = graph.ofType(type).filter(({ action }) => action === 'create');
      for (const resource of graph.ofType(type)) {
        if (resource.action !== 'destroy' || replacedBy(made, resource)) continue;
        const target = owner === undefined ? undefined : graph.follow(resource, 'before', owner, OWNERS);
        if (target?.kind === 'resource' && !existsOn(target.resource, 'after')) continue;
        yield draft(resource, target?.kind === 'resource' ? `${what} of ${target.resource.address}` : what, fails);
      }
    }
    for (const table of graph.ofType('aws_dynamodb_table')) {
      if (table.action !== 'update' || isOpen(read(table, 'after', 'global_secondary_index'))) continue;
      const gone = indexes(table, 'before').filter((index) => !indexes(table, 'after').includes(index));
      if (gone.length === 0 || indexes(table, 'after').includes(undefined)) continue;
      const fails = 'Queries by it fail from then on; to make it again takes hours on a large table';
      yield draft(table, `index ${list(gone.filter((index) => index !== undefined))}`, fails);
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      const open = ['environment', 'environment.0', 'environment.0.variables'].some((path) =>
        isOpen(read(fn, 'after', path)),
      );
      if (fn.action !== 'update' || open || codeChanges(fn)) continue;
      const left = variables(fn, 'after');
      const gone = variables(fn, 'before').filter((name) => !left.includes(name));
      if (gone.length === 0) continue;
      const fails = 'The code stays as it is and still looks for them: it fails at its first message, or at its start';
      yield { ...draft(fn, `environment: ${list(gone)}`, fails), severity: 'medium' };
    }
  },
};

/** One of its kind is made in the same plan: a rename. Who used it by its name is then told by what replaces it. */
const replacedBy = (made: readonly Resource[], resource: Resource): boolean =>
  made.some((other) => !certainlyDiffers(other.after?.name, resource.before?.name));

const indexes = (table: Resource, side: Side): (string | undefined)[] =>
  listOf(read(table, side, 'global_secondary_index')).map((index) =>
    isRecord(index) ? textOf((index as Record<string, Value>).name) : undefined,
  );

const variables = (fn: Resource, side: Side): string[] => {
  const value = read(fn, side, 'environment.0.variables');
  return isRecord(value) ? Object.keys(value) : [];
};

const codeChanges = (fn: Resource): boolean =>
  ['source_code_hash', 's3_key', 's3_object_version', 'image_uri', 'filename'].some(
    (path) => isOpen(read(fn, 'after', path)) || certainlyDiffers(read(fn, 'before', path), read(fn, 'after', path)),
  );

export const deliveryRules: readonly Rule[] = [routeDisabled, shape, entryRemoved];
