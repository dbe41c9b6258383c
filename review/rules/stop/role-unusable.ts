import { roleNamed, roleOf, trusts, usersOf } from '../../access/roles';
import type { Messaging } from '../../graph/messaging';
import { existsOn, read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { certainlyDiffers, isAbsent, textOf } from '../../plan/values';
import { typesWith } from '../../resources';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/role-unusable',
  severity: 'critical',
  title: 'The role that something works with can not be used',
  *check({ graph }) {
    for (const role of graph.ofType('aws_iam_role')) {
      const users = usersOf(graph, role, 'before').filter(survives);
      if (users.length === 0) continue;
      yield* goneDrafts(graph, role, users);
      yield* boundaryDrafts(graph, role, users);
    }
    yield* trustDrafts(graph);
  },
};

function* goneDrafts(graph: Messaging, role: Resource, users: readonly Resource[]): Generator<Draft> {
  const name = textOf(read(role, 'before', 'name'));
  if (role.action === 'destroy') {
    const still = users.filter((user) => stillNames(graph, user, role));
    if (still.length === 0) return;
    yield {
      resource: role,
      before: name,
      after: `gone, and still the role of ${list(still.map(({ address }) => address))}`,
      why: 'Nothing can be received, called or logged in its name any more.',
      action: 'Hand its users another role first.',
    };
  }
  if (role.action !== 'replace' || role.createFirst) return;
  yield {
    resource: role,
    severity: 'medium',
    before: name,
    after: 'deleted, then made anew',
    why: `${list(users.map(({ address }) => address))} ${users.length === 1 ? 'works' : 'work'} with it: from its deletion until the new one has its policies and is handed over, every call is refused. Policies of keys and queues that name it keep the old one’s identity, and refuse a new one even under the same name.`,
    action:
      'Make the new role beside it (another name, `create_before_destroy`), and apply the policies that name it again.',
  };
}

/** A role that goes is found by nobody afterwards; a user that keeps its ARN still counts on it. */
function stillNames(graph: Messaging, user: Resource, role: Resource): boolean {
  const target = roleNamed(graph, user, 'after');
  return target?.kind === 'elsewhere' && target.name === textOf(read(role, 'before', 'arn'));
}

function* boundaryDrafts(graph: Messaging, role: Resource, users: readonly Resource[]): Generator<Draft> {
  const path = 'permissions_boundary';
  const before = read(role, 'before', path);
  const after = read(role, 'after', path);
  if (!survives(role) || isAbsent(after) || !certainlyDiffers(before, after)) return;
  // One that can be read here is judged by what it takes away.
  if (graph.follow(role, 'after', path, ['aws_iam_policy'])?.kind === 'resource') return;
  yield {
    resource: role,
    severity: 'medium',
    before: isAbsent(before) ? 'no permissions boundary' : 'another permissions boundary',
    after: `the boundary ${textOf(after)?.split('/').at(-1) ?? '(known after apply)'}`,
    why: `${list(users.map(({ address }) => address))} ${users.length === 1 ? 'works' : 'work'} with it. A role may do only what its boundary allows as well, and this plan does not show what that is.`,
    action: 'Check that the boundary allows what they do: receive, delete, decrypt, send, log.',
  };
}

function* trustDrafts(graph: Messaging): Generator<Draft> {
  const said = new Map<Resource, { service: string; users: Resource[] }>();
  for (const [type, { service }] of typesWith('role')) {
    for (const user of graph.ofType(type)) {
      if (!survives(user)) continue;
      const [was, is] = [roleOf(graph, user, 'before'), roleOf(graph, user, 'after')];
      if (!is || !existsOn(is, 'after') || trusts(graph, is, 'after', service) !== false) continue;
      if (!was || trusts(graph, was, 'before', service) === false) continue;
      const at = was === is ? is : user;
      said.set(at, { service, users: [...(said.get(at)?.users ?? []), user] });
    }
  }
  for (const [resource, { service, users }] of said) {
    yield {
      resource,
      before: `${service} may take on the role of ${list(users.map(({ address }) => address))}`,
      after: 'may not',
      why: 'Nothing can work in the name of this role: once the credentials that are out have expired, every call is refused, and a new instance does not start.',
      action: `Keep sts:AssumeRole for ${service} in the trust policy.`,
    };
  }
}
