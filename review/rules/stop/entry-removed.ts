import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { readerBy, readers } from '../../graph/readers';
import { links, linksBy } from '../../graph/routes';
import { existsOn, read, type Side, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, isOpen, isRecord, listOf, textOf, type Value } from '../../plan/values';
import type { AnyPath, TypeName } from '../../resources';
import type { Draft, Rule } from '../rule';

/** What others use by its name or address: when it goes, they fail. */
const ENTRIES: readonly { type: TypeName; owner?: AnyPath; what: string; fails: string }[] = [
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
    type: 'aws_apigatewayv2_stage',
    owner: 'api_id',
    what: 'stage',
    fails: 'Whoever calls the API by it is told that there is no such thing',
  },
  {
    type: 'aws_api_gateway_stage',
    owner: 'rest_api_id',
    what: 'stage',
    fails: 'Whoever calls the API by it is told that there is no such thing',
  },
  {
    type: 'aws_sfn_alias',
    what: 'alias',
    fails: 'Whoever starts the state machine by it is refused',
  },
];
const OWNERS = [
  'aws_efs_file_system',
  'aws_lambda_function',
  'aws_kinesis_stream',
  'aws_apigatewayv2_api',
  'aws_api_gateway_rest_api',
];

export const rule: Rule = {
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
      for (const resource of graph.ofType(type)) {
        if (resource.action !== 'destroy' || isReplaced(graph, resource, 'name')) continue;
        const target = owner === undefined ? undefined : graph.follow(resource, 'before', owner, OWNERS);
        if (target?.kind === 'resource' && !existsOn(target.resource, 'after')) continue;
        yield draft(resource, target?.kind === 'resource' ? `${what} of ${target.resource.address}` : what, fails);
      }
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      const callers = fn.action === 'destroy' ? stillCalling(graph, fn) : [];
      if (callers.length === 0) continue;
      const fails = `${list(callers.map(({ address }) => address))} ${callers.length === 1 ? 'stays and still invokes' : 'stay and still invoke'} it: every invocation fails`;
      yield draft(fn, textOf(read(fn, 'before', 'function_name')) ?? 'function', fails);
    }
    for (const table of graph.ofType('aws_dynamodb_table')) {
      if (table.action !== 'update' || isOpen(read(table, 'after', 'global_secondary_index'))) continue;
      const gone = indexes(table, 'before').filter((index) => !indexes(table, 'after').includes(index));
      if (gone.length === 0 || indexes(table, 'after').includes(undefined)) continue;
      const fails = 'Queries by it fail from then on; to make it again takes hours on a large table';
      yield draft(table, `index ${list(gone.filter((index) => index !== undefined))}`, fails);
    }
    for (const fn of graph.ofType('aws_lambda_function')) {
      const open = isOpen(read(fn, 'after', 'environment.0.variables'));
      if (fn.action !== 'update' || open || codeChanges(fn)) continue;
      const left = variables(fn, 'after');
      const gone = variables(fn, 'before').filter((name) => !left.includes(name));
      if (gone.length === 0) continue;
      const fails = 'The code stays as it is and still looks for them: it fails at its first message, or at its start';
      yield { ...draft(fn, `environment: ${list(gone)}`, fails), severity: 'medium' };
    }
  },
};

/** What hands work to a function that goes, and names it afterwards as before. */
function stillCalling(graph: Messaging, fn: Resource): Resource[] {
  if (isReplaced(graph, fn, 'function_name')) return [];
  const ways = [
    ...readers(graph, 'before').flatMap(({ resource, to }) => (to === fn ? [resource] : [])),
    ...links(graph, 'before').flatMap(({ route, to }) => (resourceOfTarget(to) === fn ? [route] : [])),
  ];
  const arn = textOf(read(fn, 'before', 'arn'));
  const calls = (machine: Resource, side: Side) =>
    arn !== undefined && textOf(read(machine, side, 'definition'))?.includes(arn);
  const machines = graph
    .ofType('aws_sfn_state_machine')
    .filter((machine) => survives(machine) && calls(machine, 'before') && calls(machine, 'after'));
  const open = (way: Resource) =>
    readerBy(graph, way, 'after')?.to !== undefined ||
    linksBy(graph, way, 'after').some(({ to }) => to?.kind !== 'elsewhere') ||
    CALLS.some((path) => isOpen(read(way, 'after', path)));
  return [...new Set([...ways.filter((way) => survives(way) && !open(way)), ...machines])];
}
/** Where a mapping or a pipe says what it invokes. */
const CALLS = ['function_name', 'target'] as const;

/** One of its kind is made in the same plan: a rename. Who used it by its name is then told by what replaces it. */
const isReplaced = (graph: Messaging, resource: Resource, name: string): boolean =>
  graph
    .ofType(resource.type)
    .some(({ action, after }) => action === 'create' && !certainlyDiffers(after?.[name], resource.before?.[name]));

const indexes = (table: Resource, side: Side): (string | undefined)[] =>
  listOf(read(table, side, 'global_secondary_index')).map((index) =>
    isRecord(index) ? textOf((index as Record<string, Value>).name) : undefined,
  );

const variables = (fn: Resource, side: Side): string[] => {
  const value = read(fn, side, 'environment.0.variables');
  return isRecord(value) ? Object.keys(value) : [];
};

const codeChanges = (fn: Resource): boolean =>
  (['source_code_hash', 's3_key', 's3_object_version', 'image_uri', 'filename'] as const).some(
    (path) => isOpen(read(fn, 'after', path)) || certainlyDiffers(read(fn, 'before', path), read(fn, 'after', path)),
  );
