import { waiting } from '../../graph/backlog';
import { numberOn } from '../../graph/change';
import type { Messaging } from '../../graph/messaging';
import { existsOn, read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isRecord, parseJson, textOf, type Value } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/service-stopped',
  severity: 'high',
  title: 'A service that names a queue in its environment is stopped',
  *check({ graph }) {
    for (const service of graph.ofType('aws_ecs_service', 'kubernetes_deployment', 'kubernetes_deployment_v1')) {
      const [before, after] = [tasksOn(service, 'before'), tasksOn(service, 'after')];
      const gone = service.action === 'destroy';
      if (!before || !(gone || (survives(service) && after === 0))) continue;
      const named = sourcesIn(graph, service);
      const [first] = named;
      if (!first) continue;
      const others = gone ? sameWork(graph, service, named) : [];
      if (others.length > 0) continue;
      yield {
        resource: service,
        before: `${before} running`,
        after: gone ? 'gone' : 'none running',
        why: `Its containers are told of ${list(named.map(({ address }) => address))}. If it reads there, nobody does from then on. ${waiting(first)}`,
        action:
          'Say who starts it again and when, and watch the age of the oldest message until then; if it only sends there, nothing.',
      };
    }
  },
};

const tasksOn = (service: Resource, side: 'before' | 'after'): number | undefined =>
  numberOn(service, side, service.type === 'aws_ecs_service' ? 'desired_count' : 'spec.0.replicas');

const SOURCES = ['aws_sqs_queue', 'aws_kinesis_stream', 'aws_mq_broker', 'aws_msk_cluster'];

/** What holds messages, stays, and is named by its address, ARN or whole name in the environment of its containers. */
function sourcesIn(graph: Messaging, service: Resource): Resource[] {
  const texts = environmentOf(graph, service);
  return graph.ofType(...SOURCES).filter((source) => {
    if (!existsOn(source, 'after')) return false;
    const long = (['url', 'arn', 'id'] as const).flatMap((path) => textOf(read(source, 'before', path)) ?? []);
    const name = textOf(read(source, 'before', 'name')) ?? textOf(read(source, 'before', 'broker_name'));
    return texts.some((text) => text === name || long.some((reference) => text.includes(reference)));
  });
}

/** Values of the environment of what runs: as they were, which is what runs now. */
function environmentOf(graph: Messaging, service: Resource): string[] {
  if (service.type !== 'aws_ecs_service') return valuesIn(read(service, 'before', 'spec'));
  const family = textOf(read(service, 'before', 'task_definition'))
    ?.split('/')
    .at(-1)
    ?.replace(/:\d+$/, '');
  return graph
    .ofType('aws_ecs_task_definition')
    .filter((task) => existsOn(task, 'before') && textOf(read(task, 'before', 'family')) === family)
    .flatMap((task) => valuesIn(parseJson(textOf(read(task, 'before', 'container_definitions'))) as Value));
}

/** Every `value` of an environment, however deep. */
function valuesIn(part: Value | undefined): string[] {
  if (Array.isArray(part)) return part.flatMap(valuesIn);
  if (!isRecord(part)) return [];
  return Object.entries(part as Record<string, Value>).flatMap(([name, value]) =>
    name === 'value' && typeof value === 'string' ? [value] : valuesIn(value),
  );
}

/** Another service takes its place in the same plan. */
const sameWork = (graph: Messaging, service: Resource, named: readonly Resource[]): Resource[] =>
  graph.ofType(service.type).filter((other) => {
    if (other.action !== 'create' || (tasksOn(other, 'after') ?? 1) === 0) return false;
    return named.length > 0 && !graph.apart(other, service);
  });
