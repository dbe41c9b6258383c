import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { links, nameOfEnd, sameEnd } from '../../graph/routes';
import { existsOn, read, type Side } from '../../graph/side';
import { list, plural } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/alias-retargeted',
  severity: 'high',
  title: 'An alias hands messages to another function or to an older version',
  *check({ graph }) {
    for (const alias of graph.ofType('aws_lambda_alias')) {
      if (alias.action !== 'update' && alias.action !== 'replace') continue;
      const users = usersOf(graph, alias).map(({ address }) => address);
      const draft = users.length === 0 ? undefined : (otherFunction(graph, alias, users) ?? olderVersion(alias, users));
      if (draft) yield draft;
    }
  },
};

const FUNCTION = ['aws_lambda_function'];
const THROUGH = ['aws_lambda_alias', ...FUNCTION];

function otherFunction(graph: Messaging, alias: Resource, users: readonly string[]): Draft | undefined {
  const [was, is] = (['before', 'after'] as const).map((side) => graph.follow(alias, side, 'function_name', FUNCTION));
  if (sameEnd(graph, was, is)) return undefined;
  const gap = alias.action === 'replace' && !alias.createFirst ? ' Until the new alias is made every call fails.' : '';
  return {
    resource: alias,
    before: nameOfEnd(was, nameOn(alias, 'before')),
    after: nameOfEnd(is, nameOn(alias, 'after')),
    why: `${through(users)}: from this apply on another function gets their messages, those included that wait already. What it doesn't know fails there, or is taken for something else.${gap}`,
    action:
      'Check that the new function handles all that they send, with the same permissions. Else give it an alias and a mapping of its own.',
  };
}

const nameOn = (alias: Resource, side: Side): string => textOf(read(alias, side, 'function_name')) ?? 'its function';

/** Each version that is published has a higher number than those before it. */
function olderVersion(alias: Resource, users: readonly string[]): Draft | undefined {
  const [was, is] = (['before', 'after'] as const).map((side) => {
    const version = textOf(read(alias, side, 'function_version'));
    return version !== undefined && /^\d+$/.test(version) ? Number(version) : undefined;
  });
  if (was === undefined || is === undefined || is >= was) return undefined;
  return {
    resource: alias,
    severity: 'medium',
    title: 'An alias hands messages to an older version',
    before: `version ${was}`,
    after: `version ${is}, ${plural(was - is, 'version')} back`,
    why: `${through(users)}: from this apply on older code gets their messages. What has been sent or stored since in a newer form it may not be able to read, and what it fails on is tried until it is a dead letter.`,
    action:
      'If it is a rollback, check that the older version reads what was sent since. Else take function_version from the function (`aws_lambda_function.….version`).',
  };
}

const through = (users: readonly string[]): string =>
  `${list(users)} ${users.length === 1 ? 'calls' : 'call'} the function through this alias`;

/** What stays and invokes through an alias, before or afterwards: mappings and routes that name it, and whom a permission of it lets in. */
function usersOf(graph: Messaging, alias: Resource): Resource[] {
  const users = (['before', 'after'] as const).flatMap((side) => [
    ...graph
      .ofType('aws_lambda_event_source_mapping')
      .filter((mapping) => resourceOfTarget(graph.follow(mapping, side, 'function_name', THROUGH)) === alias),
    ...links(graph, side).flatMap(({ route, to }) => (resourceOfTarget(to) === alias ? [route] : [])),
    ...graph.ofType('aws_lambda_permission').filter((permission) => isOf(graph, permission, alias, side)),
  ]);
  return [...new Set(users)].filter((user) => existsOn(user, 'after'));
}

function isOf(graph: Messaging, permission: Resource, alias: Resource, side: Side): boolean {
  const qualifier = textOf(read(permission, side, 'qualifier'));
  const fn = graph.functionOf(permission, side);
  const named = qualifier !== undefined && qualifier === textOf(read(alias, side, 'name'));
  return named && fn !== undefined && fn === graph.functionOf(alias, side);
}
