import { restarts } from '../../brokers/restarts';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { read } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { hasOpen, textOf } from '../../plan/values';
import type { Rule } from '../rule';

/**
 * Which brokers stand in for each other: instances of one block, one configuration, a replica of another region, a
 * network connector from one to the other, or names that differ by nothing but a place or a number.
 */
function linked(graph: Messaging, a: Resource, b: Resource): boolean {
  if (textOf(read(a, 'before', 'engine_type')) !== textOf(read(b, 'before', 'engine_type'))) return false;
  const replicated = [a, b].every((broker) => textOf(read(broker, 'before', 'data_replication_mode')) === 'CRDR');
  const block = graph.block(a);
  if (replicated || (block !== undefined && block === graph.block(b))) return true;
  const ids = [a, b].map((broker) => textOf(read(broker, 'before', 'configuration.0.id')));
  if (ids[0] !== undefined && ids[0] === ids[1]) return true;
  const [one, other] = [configurationOf(graph, a), configurationOf(graph, b)];
  return connects(graph, one, b) || connects(graph, other, a) || twins(a, b);
}

const configurationOf = (graph: Messaging, broker: Resource): Resource | undefined =>
  (['before', 'after'] as const)
    .map((side) => resourceOfTarget(graph.follow(broker, side, 'configuration.0.id', ['aws_mq_configuration'])))
    .find((found) => found !== undefined);

/** A network connector in a configuration leads to a broker: by its id, which its host name starts with, or by its name. */
function connects(graph: Messaging, configuration: Resource | undefined, to: Resource): boolean {
  if (!configuration) return false;
  const data = (['before', 'after'] as const).map((side) => textOf(read(configuration, side, 'data')) ?? '').join('\n');
  const names = (['id', 'broker_name'] as const)
    .map((path) => textOf(read(to, 'before', path)))
    .filter((name) => name !== undefined);
  if (data.includes('networkConnector') && names.some((name) => data.includes(name))) return true;
  return graph.referred(configuration, 'data', ['aws_mq_broker']).includes(to);
}

const PLACE =
  '(?:\\d+|[a-d]|(?:[a-z]{2}-)?(?:north|south|east|west|central)+-?\\d*[a-d]?|primary|secondary|standby|active|passive|replica|blue|green|left|right|eu|us|ap)';
const AT_THE_END = new RegExp(`(?:[-_.]${PLACE}|(?<=[a-z])\\d+)$`, 'i');
const NOTHING_ELSE = new RegExp(`^${PLACE}$`, 'i');

function twins(a: Resource, b: Resource): boolean {
  const [one, other] = [a, b].map((broker) => textOf(read(broker, 'before', 'broker_name')));
  if (one === undefined || other === undefined) return false;
  return (
    (NOTHING_ELSE.test(one) && NOTHING_ELSE.test(other)) ||
    one.replace(AT_THE_END, '') === other.replace(AT_THE_END, '')
  );
}

export const rule: Rule = {
  id: 'stop/brokers-together',
  severity: 'critical',
  title: 'Brokers that stand in for each other restart in one apply',
  *check({ graph }) {
    const restarting = restarts(graph);
    const unsure = new Set(restarting.filter(({ certain }) => !certain).map(({ broker }) => broker.address));
    const gone = graph.ofType('aws_mq_broker').filter(({ action }) => action === 'replace' || action === 'destroy');
    for (const group of groupsOf(graph, [...restarting.map(({ broker }) => broker), ...gone])) {
      const [first] = group;
      if (!first || group.length < 2 || group.every(({ action }) => action === 'destroy')) continue;
      const now = restarting.filter(({ broker, immediately }) => immediately && group.includes(broker));
      const leaving = gone.filter((broker) => group.includes(broker));
      const windows = new Set(
        group.map((broker) => {
          const window = read(broker, 'after', 'maintenance_window_start_time');
          return hasOpen(window) ? broker.address : JSON.stringify(window);
        }),
      );
      // Each in a window of its own: one after the other.
      if (now.length < 2 && leaving.length === 0 && windows.size === group.length) continue;
      const atOnce = now.length + leaving.length >= 2;
      yield {
        resource: first,
        severity: atOnce ? 'critical' : 'high',
        before: `${group.length} brokers up`,
        after: list([
          ...group.map(({ address, action }) =>
            action === 'destroy'
              ? `${address} goes`
              : action === 'replace'
                ? `${address} is made anew`
                : unsure.has(address)
                  ? `${address} may restart (known after apply)`
                  : `${address} restarts`,
          ),
        ]),
        why: `Redundancy only helps while one is up. Terraform changes them side by side${now.length >= 2 ? ', and apply_immediately restarts them at once' : ''}: nobody is left to take over, and a network of brokers has nowhere to forward to.`,
        action:
          'One broker per apply (`-target`, or two pull requests), the second only when the first is back and its queues are drained.',
      };
    }
  },
};

/** Those that are linked, directly or by another, together. */
function groupsOf(graph: Messaging, brokers: readonly Resource[]): Resource[][] {
  const groups: Resource[][] = [];
  for (const broker of [...brokers].sort((a, b) => (a.address < b.address ? -1 : 1))) {
    const joined = groups.filter((group) => group.some((other) => linked(graph, other, broker)));
    const rest = groups.filter((group) => !joined.includes(group));
    groups.splice(0, groups.length, ...rest, [...joined.flat(), broker]);
  }
  return groups;
}
