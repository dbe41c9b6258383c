import { resourceOfTarget, type Target } from '../graph/graph';
import { grouped } from '../graph/grouped';
import { memoizePerSide } from '../graph/memoize';
import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { remembered } from '../plan/remembered';
import { isAbsent, isOpen, isRecord, listOf, textOf, type Value } from '../plan/values';
import type { AnyPath } from '../resources';
import { typeOf, typesWith } from '../resources';
import { decide, type Named, type Request } from './decision';
import { type Documents, documentsOf, NOTHING_KNOWN, statementsOf } from './document';
import { managedStatements } from './managed';
import { all, type Verdict } from './verdict';

const ROLE = ['aws_iam_role'];
/** Resources that give a role something, and where they name it. */
const GIVERS = [
  { type: 'aws_iam_role_policy', path: 'role' },
  { type: 'aws_iam_role_policy_attachment', path: 'role' },
] as const;

/** Whose permissions something works with, wherever that is. */
export function roleNamed(graph: Messaging, user: Resource, side: Side): Target | undefined {
  const path = typeOf(user.type)?.role?.path as AnyPath | undefined;
  return path === undefined ? undefined : graph.follow(user, side, path, ROLE);
}

export const roleOf = (graph: Messaging, user: Resource, side: Side): Resource | undefined =>
  resourceOfTarget(roleNamed(graph, user, side));

const byRole = memoizePerSide((graph, side) => {
  const users = graph.ofType(...typesWith('role').map(([type]) => type)).filter((user) => existsOn(user, side));
  return grouped(users, (user) => roleOf(graph, user, side));
});

/** Everything of the plan that works with a role. */
export const usersOf = (graph: Messaging, role: Resource, side: Side): readonly Resource[] =>
  byRole(graph, side).get(role) ?? [];

/** Whether a role's own policies, and its boundary if it has one, let it do something. */
export function roleMay(graph: Messaging, role: Resource, side: Side, request: Request): Verdict {
  if (!existsOn(role, side)) return false;
  const boundary = boundaryOf(graph, role, side);
  return all([
    decide(roleDocuments(graph, role, side), request),
    boundary === undefined ? true : decide(boundary, request),
  ]);
}

/** What of a role's permissions this plan changes: the likely cause when one is missing afterwards. */
export const changesOf = (graph: Messaging, role: Resource): readonly Resource[] =>
  remembered(
    remembered(changesByRole, graph, () => new Map<Resource, Resource[]>()),
    role,
    () => findChanges(graph, role),
  );
const changesByRole = new WeakMap<Messaging, Map<Resource, Resource[]>>();

function findChanges(graph: Messaging, role: Resource): Resource[] {
  const given = (['before', 'after'] as const).flatMap((side) => [
    ...GIVERS.flatMap(({ type, path }) => graph.beside(role, side, type, path)),
    ...sharedWith(graph, role, side),
  ]);
  const policies = given.flatMap((resource) =>
    (['before', 'after'] as const).flatMap((side) => {
      const policy = policyOf(graph, resource, side);
      return policy ? [policy] : [];
    }),
  );
  return [...new Set([...given, ...policies, role])].filter(({ action }) => action !== 'nothing');
}

const documents = memoizePerSide(() => new Map<Resource, Documents>());

export function roleDocuments(graph: Messaging, role: Resource, side: Side): Documents {
  return remembered(documents(graph, side), role, () => gather(graph, role, side));
}

function gather(graph: Messaging, role: Resource, side: Side): Documents {
  const inline = graph.beside(role, side, 'aws_iam_role_policy', 'role');
  const attached = graph.beside(role, side, 'aws_iam_role_policy_attachment', 'role');
  return together([
    ...inline.map((policy) => documentIn(graph, policy, side)),
    ...[...attached, ...sharedWith(graph, role, side)].map((attachment) => attachedDocument(graph, attachment, side)),
    ...ownPolicies(graph, role, side),
    ...(anybodysPolicies(graph, side) ? [NOTHING_KNOWN] : []),
  ]);
}

/** One attachment for several roles, which it lists. */
const SHARED = 'aws_iam_policy_attachment';

function rolesOf(graph: Messaging, attachment: Resource, side: Side): (Resource | 'unknown' | undefined)[] {
  const roles = read(attachment, side, 'roles');
  if (isOpen(roles)) return ['unknown'];
  return listOf(roles).map((_, index) => {
    const target = graph.follow(attachment, side, `roles.${index}`, ROLE);
    return target?.kind === 'unknown' ? 'unknown' : resourceOfTarget(target);
  });
}

const sharedWith = (graph: Messaging, role: Resource, side: Side): Resource[] =>
  graph
    .ofType(SHARED)
    .filter((attachment) => existsOn(attachment, side) && rolesOf(graph, attachment, side).includes(role));

function together(parts: readonly Documents[]): Documents {
  return {
    statements: parts.flatMap(({ statements }) => statements),
    complete: parts.every(({ complete }) => complete),
  };
}

const documentIn = (graph: Messaging, resource: Resource, side: Side): Documents =>
  documentsOf([graph.document(resource, side, 'policy')]);

const policyOf = (graph: Messaging, attachment: Resource, side: Side): Resource | undefined =>
  existsOn(attachment, side)
    ? resourceOfTarget(graph.follow(attachment, side, 'policy_arn', ['aws_iam_policy']))
    : undefined;

function attachedDocument(graph: Messaging, attachment: Resource, side: Side): Documents {
  const policy = policyOf(graph, attachment, side);
  if (policy) return documentIn(graph, policy, side);
  return byArn(textOf(read(attachment, side, 'policy_arn')));
}

function byArn(arn: string | undefined): Documents {
  const statements = arn === undefined ? undefined : managedStatements(arn);
  return statements ? { statements, complete: true } : NOTHING_KNOWN;
}

/**
 * What the role itself lists. A state lists there everything that the role has, so what a resource beside it manages is
 * left to that resource: it may be on its way out.
 */
function ownPolicies(graph: Messaging, role: Resource, side: Side): Documents[] {
  const beside = (type: string, path: AnyPath) =>
    new Set(
      (['before', 'after'] as const).flatMap((at) =>
        graph.beside(role, at, type, 'role').map((resource) => textOf(read(resource, at, path))),
      ),
    );
  const [inlineBeside, attachedBeside] = [
    beside('aws_iam_role_policy', 'name'),
    beside('aws_iam_role_policy_attachment', 'policy_arn'),
  ];
  const open = (path: AnyPath) => isOpen(read(role, side, path)) && graph.isConfigured(role, path) !== false;
  const inline = listOf(read(role, side, 'inline_policy'))
    .filter((entry): entry is Record<string, Value> & Value => isRecord(entry))
    .filter((entry) => !isAbsent(entry.policy) && !inlineBeside.has(textOf(entry.name)))
    .map((entry) => documentsOf([statementsText(entry.policy)]));
  const attached = listOf(read(role, side, 'managed_policy_arns'))
    .filter((arn) => !attachedBeside.has(textOf(arn)))
    .map((arn) => {
      const policy = resourceOfTarget(
        graph.find(textOf(arn) ?? '', side, ['aws_iam_policy'], role, 'managed_policy_arns'),
      );
      return policy ? documentIn(graph, policy, side) : byArn(textOf(arn));
    });
  return [...inline, ...attached, ...(open('inline_policy') || open('managed_policy_arns') ? [NOTHING_KNOWN] : [])];
}

const statementsText = (policy: Value | undefined): unknown => (isOpen(policy) ? undefined : textOf(policy));

/** Something gives permissions to a role that can't be told: it may be any role. */
const loose = memoizePerSide((graph, side) => {
  const of = (type: string) => graph.ofType(type).filter((resource) => existsOn(resource, side));
  return {
    found:
      GIVERS.some(({ type, path }) =>
        of(type).some((resource) => graph.follow(resource, side, path, ROLE)?.kind === 'unknown'),
      ) || of(SHARED).some((attachment) => rolesOf(graph, attachment, side).includes('unknown')),
  };
});
const anybodysPolicies = (graph: Messaging, side: Side): boolean => loose(graph, side).found;

/** It was allowed until now, as far as that is known: by a policy that can't be read, but not by one that may be another role's. */
export const wasAllowed = (graph: Messaging, verdict: Verdict): boolean =>
  verdict === true || (verdict === undefined && !anybodysPolicies(graph, 'before'));

function boundaryOf(graph: Messaging, role: Resource, side: Side): Documents | undefined {
  const target = graph.follow(role, side, 'permissions_boundary', ['aws_iam_policy']);
  if (!target) return undefined;
  if (target.kind === 'resource') return documentIn(graph, target.resource, side);
  return target.kind === 'elsewhere' ? byArn(target.name) : NOTHING_KNOWN;
}

/** Whether a service may work in a role's name; undefined when its trust policy can't be read. */
export function trusts(graph: Messaging, role: Resource, side: Side, service: string): Verdict {
  const statements = statementsOf(graph.document(role, side, 'assume_role_policy'));
  if (!statements) return undefined;
  return decide({ statements, complete: true }, { action: 'sts:AssumeRole', by: { service } });
}

export const namedRole = (role: Resource, side: Side): Named => ({
  arn: textOf(read(role, side, 'arn')),
  name: textOf(read(role, side, 'name')),
});
