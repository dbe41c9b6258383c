import { decide } from '../../access/decision';
import { holderDocuments, named, policyChange, roleMayUseKey, serviceMayUseKey } from '../../access/holders';
import { encryptedWith, keyOf, nameOfKey, sameKey } from '../../access/keys';
import { roleOf } from '../../access/roles';
import { factsOf } from '../../access/services';
import { resourceOfTarget, type Target } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { readers } from '../../graph/readers';
import { sendersTo } from '../../graph/routes';
import { existsOn, read, type Side, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/key-policy',
  severity: 'high',
  title: 'A key no longer serves somebody who needs it',
  *check({ graph }) {
    for (const key of graph.ofType('aws_kms_key')) {
      const change = survives(key) ? policyChange(graph, key) : undefined;
      const held = change ? encryptedWith(graph, key, 'after') : [];
      if (!change || held.length === 0) continue;
      const [before, after] = [holderDocuments(graph, key, 'before'), holderDocuments(graph, key, 'after')];
      if (!after.complete) continue;
      const principals = new Set(
        before.statements
          .filter(({ effect }) => effect === 'Allow')
          .flatMap((statement) => statement.principals.patterns),
      );
      const lost = [...principals].filter(
        (principal) => principal !== '*' && losesDecrypt(key, principal, before, after),
      );
      const services = held.flatMap((holder) => refusedServices(graph, key, holder));
      const who = [...new Set([...lost, ...services])];
      if (who.length === 0) continue;
      const by = held.map(({ address }) => address);
      yield {
        resource: change,
        before: `${list(who)} may use ${key.address}`,
        after: 'not any more',
        why: `${list(by)} ${by.length === 1 ? 'is' : 'are'} encrypted with it: whoever sends or receives by that principal is refused, and SNS and EventBridge drop what they cannot encrypt.`,
        action: 'Keep kms:Decrypt and kms:GenerateDataKey for each service that sends and each role that receives.',
      };
    }
    for (const grant of graph.ofType('aws_kms_grant')) yield* grantDrafts(graph, grant);
  },
};

/** A grant that goes matters to whoever has nothing else; a reader that has nothing else is the finding of the next rule. */
function* grantDrafts(graph: Messaging, grant: Resource): Generator<Draft> {
  const key = graph.follow(grant, 'before', 'key_id', ['aws_kms_key']);
  if (grant.action !== 'destroy' || (key?.kind === 'resource' && !existsOn(key.resource, 'after'))) return;
  const grantee = textOf(read(grant, 'before', 'grantee_principal'));
  const role =
    grantee === undefined
      ? undefined
      : resourceOfTarget(graph.find(grantee, 'after', ['aws_iam_role'], grant, 'grantee_principal'));
  const may = role && key ? roleMayUseKey(graph, role, key, 'after', 'kms:Decrypt') : undefined;
  if (may === false && readers(graph, 'after').some(({ worker }) => worker && roleOf(graph, worker, 'after') === role))
    return;
  yield {
    resource: grant,
    severity: may === true ? 'low' : 'medium',
    before: `${role?.address ?? grantee ?? 'somebody'} may use ${nameOfKey(key)} by this grant`,
    after: 'no grant',
    why:
      may === true
        ? 'Policies let it decrypt as well, as far as this plan shows; what was made possible by the grant alone (other operations, a service that works in its name) is refused from then on.'
        : 'Nothing else in this plan lets it use the key: what is encrypted with it can not be read or written by that principal any more.',
    action: 'Show what lets it use the key instead.',
  };
}

type Read = ReturnType<typeof holderDocuments>;
function losesDecrypt(key: Resource, principal: string, before: Read, after: Read): boolean {
  const by = principal.endsWith('.amazonaws.com')
    ? { service: principal }
    : /^\d{12}$|:root$/.test(principal)
      ? { account: /\d{12}/.exec(principal)?.[0] }
      : { role: { arn: principal } };
  const may = (documents: Read, side: Side) => decide(documents, { action: 'kms:Decrypt', on: named(key, side), by });
  return may(before, 'before') !== false && may(after, 'after') === false;
}

/** Services that deliver to what the key encrypts, and that it served until now. */
function refusedServices(graph: Messaging, key: Resource, holder: Resource): string[] {
  const target: Target = { kind: 'resource', resource: key };
  if (!sameKey(keyOf(graph, holder, 'before'), target)) return [];
  return sendersTo(graph, holder, 'after')
    .filter((sender) => sender.route.action !== 'create')
    .filter((sender) => {
      const may = (side: Side) => serviceMayUseKey(graph, target, side, sender.service, factsOf(graph, sender, side));
      return may('before') !== false && may('after') === false;
    })
    .map(({ service }) => service);
}
