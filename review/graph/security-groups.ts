import type { Resource } from '../plan/model';
import { isAbsent, isOpen, isRecord, listOf, numberOf, textOf, type Value } from '../plan/values';
import type { AnyPath, TypePath } from '../resources';
import { resourceOfTarget } from './graph';
import type { Messaging } from './messaging';
import { existsOn, read, type Side } from './side';

/** One opening of a security group: who, to which ports. */
export interface SecurityGroupRule {
  readonly owner: Resource;
  readonly group: string;
  readonly direction: 'ingress' | 'egress';
  readonly peer: string | undefined;
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

export const describeRule = (rule: SecurityGroupRule): string =>
  `${portsOf(rule)} ${rule.direction === 'ingress' ? 'from' : 'to'} ${rule.peer ?? '(known after apply)'}`;

/** Types of ICMP messages that people open (IANA, "ICMP Type Numbers"); for these from_port is the type, not a port. */
const ICMP: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'destination unreachable',
  8: 'echo request',
  11: 'time exceeded',
  128: 'echo request',
  129: 'echo reply',
};

export function portsOf({ protocol, from, to }: Pick<SecurityGroupRule, 'protocol' | 'from' | 'to'>): string {
  if (protocol === '-1') return 'everything';
  if (/^icmp|^1$|^58$/i.test(protocol)) return from < 0 || from > 255 ? 'ICMP' : `ICMP ${ICMP[from] ?? `type ${from}`}`;
  const name = { '6': 'tcp', '17': 'udp' }[protocol] ?? protocol;
  if (from <= 0 && to >= 65_535) return `every ${name} port`;
  return from === to ? `${name} port ${from}` : `${name} ports ${from} to ${to}`;
}

const STANDALONE: Readonly<Record<string, 'ingress' | 'egress' | 'either'>> = {
  aws_vpc_security_group_ingress_rule: 'ingress',
  aws_vpc_security_group_egress_rule: 'egress',
  aws_security_group_rule: 'either',
};
const ANY_PORT = { from: 0, to: 65_535 };

export function securityGroupRules(graph: Messaging, side: Side): SecurityGroupRule[] {
  const inline = graph.ofType('aws_security_group').flatMap((group) =>
    (['ingress', 'egress'] as const).flatMap((direction) => {
      // Not in the configuration, the attribute mirrors rules that are resources of their own.
      const mirrors = graph.isConfigured(group, direction) === false && group.action === 'nothing';
      const value = read(group, side, direction);
      if (!existsOn(group, side) || mirrors) return [];
      if (isOpen(value)) return [anyRule(group, group.address, direction)];
      return listOf(value).flatMap((rule) => rulesIn(group, group.address, direction, rule));
    }),
  );
  const standalone = Object.entries(STANDALONE).flatMap(([type, direction]) =>
    graph
      .ofType(type)
      .filter((rule) => existsOn(rule, side))
      .flatMap((rule) => {
        const target = graph.follow(rule, side, 'security_group_id', ['aws_security_group']);
        const group = resourceOfTarget(target)?.address ?? textOf(read(rule, side, 'security_group_id'));
        const way = direction === 'either' ? textOf(read(rule, side, 'type')) : direction;
        if (group === undefined || (way !== 'ingress' && way !== 'egress')) return [];
        return rulesIn(rule, group, way, rule[side] as Value);
      }),
  );
  return [...inline, ...standalone];
}

const anyRule = (owner: Resource, group: string, direction: SecurityGroupRule['direction']): SecurityGroupRule => ({
  owner,
  group,
  direction,
  peer: undefined,
  protocol: '-1',
  ...ANY_PORT,
});

const PEERS = [
  'cidr_blocks',
  'ipv6_cidr_blocks',
  'cidr_ipv4',
  'cidr_ipv6',
  'security_groups',
  'prefix_list_ids',
  'prefix_list_id',
  'referenced_security_group_id',
  'source_security_group_id',
];

export function rulesIn(
  owner: Resource,
  group: string,
  direction: SecurityGroupRule['direction'],
  rule: Value,
): SecurityGroupRule[] {
  if (isOpen(rule)) return [anyRule(owner, group, direction)];
  if (!isRecord(rule)) return [];
  const field = (name: string): Value | undefined => (rule as Record<string, Value>)[name];
  const protocol = field('protocol') ?? field('ip_protocol');
  const ports: (Value | undefined)[] = [field('from_port'), field('to_port')];
  const every = protocol === '-1' || protocol === 'all' || isOpen(protocol);
  const [from, to] = every ? [0, 65_535] : ports.map(numberOf);
  const known = !ports.some(isOpen) || every;
  const base = {
    owner,
    group,
    direction,
    protocol: every ? '-1' : String(protocol),
    ...(known && from !== undefined && to !== undefined ? { from, to } : ANY_PORT),
  };
  const peers = PEERS.flatMap((name): (string | undefined)[] => {
    const value = field(name);
    if (isOpen(value)) return [undefined];
    if (Array.isArray(value)) return value.map((item) => textOf(item));
    return isAbsent(value) ? [] : [textOf(value)];
  });
  return [...peers, ...(field('self') === true ? ['the group itself'] : [])].map((peer) => ({ ...base, peer }));
}

/** Whether one opening lets through all that another did; one whose peer is not known yet may. */
export function permits(wide: SecurityGroupRule, narrow: SecurityGroupRule): boolean {
  return (
    wide.group === narrow.group &&
    wide.direction === narrow.direction &&
    (wide.protocol === '-1' || wide.protocol === narrow.protocol) &&
    wide.from <= narrow.from &&
    wide.to >= narrow.to &&
    (wide.peer === undefined || narrow.peer === undefined || contains(wide.peer, narrow.peer))
  );
}

/** `10.0.0.0/8` contains `10.1.0.0/16`; anything that is not an IPv4 network only itself. */
function contains(wide: string, narrow: string): boolean {
  if (wide === narrow || (wide === '::/0' && narrow.includes(':') && narrow.includes('/'))) return true;
  const [one, other] = [networkOf(wide), networkOf(narrow)];
  if (!one || !other || one.bits > other.bits) return false;
  const size = 2 ** (32 - one.bits);
  return Math.floor(one.start / size) === Math.floor(other.start / size);
}

function networkOf(cidr: string): { start: number; bits: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  return { start: ((a * 256 + b) * 256 + c) * 256 + d, bits };
}

/** What holds messages behind security groups, and where it names them. */
export const BEHIND: readonly TypePath[] = [
  { type: 'aws_mq_broker', path: 'security_groups' },
  { type: 'aws_msk_cluster', path: 'broker_node_group_info.0.security_groups' },
  { type: 'aws_efs_mount_target', path: 'security_groups' },
];

/** What of this plan that holds messages stands behind a security group, by its address or its id. */
export function behind(graph: Messaging, group: string): string[] {
  const groups: readonly Resource[] = graph.ofType('aws_security_group').filter(({ address }) => address === group);
  const names = new Set([group, ...groups.flatMap((resource) => textOf(read(resource, 'before', 'id')) ?? [])]);
  const isNamed = (resource: Resource, path: AnyPath) =>
    (['before', 'after'] as const).some((side) =>
      listOf(read(resource, side, path)).some((id) => names.has(String(textOf(id)))),
    ) || graph.referred(resource, path, ['aws_security_group']).some((found) => groups.includes(found));
  return BEHIND.flatMap(({ type, path }) =>
    graph
      .ofType(type)
      .filter((resource) => isNamed(resource, path))
      .map(({ address }) => address),
  );
}
