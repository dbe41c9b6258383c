import { resourceOfTarget, type Target } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { existsOn, read, type Side } from '../graph/side';
import type { Resource } from '../plan/model';
import { remembered } from '../plan/remembered';
import { isAbsent, isOpen, listOf, textOf } from '../plan/values';
import type { AnyPath } from '../resources';
import { decide, type Facts, type Named, names, type Request, refuses } from './decision';
import { type Documents, documentsOf, NOTHING_KNOWN } from './document';
import { namedRole, roleMay } from './roles';
import { all, any, not, type Verdict } from './verdict';

export const named = (resource: Resource, side: Side, path: AnyPath = 'arn'): Named => ({
  arn: textOf(read(resource, side, path)),
  name: textOf(read(resource, side, 'name')),
  fresh: resource.type === 'aws_kms_key' && (resource.action === 'create' || resource.action === 'replace'),
});

/** The policy of a queue, topic or key on one side; of nobody when none says anything. */
export function holderDocuments(graph: Messaging, holder: Resource, side: Side): Documents {
  if (!existsOn(holder, side)) return NOTHING_KNOWN;
  const definer = graph.definingResource(holder, side, 'policy');
  if (definer === 'unknown') return NOTHING_KNOWN;
  if (definer !== undefined) return documentsOf([graph.document(definer, side, 'policy')]);
  // Without a configuration an absent policy may only have been left out of the plan.
  if (!graph.configuration.present && isAbsent(read(holder, side, 'policy'))) return NOTHING_KNOWN;
  return holder.type === 'aws_kms_key'
    ? documentsOf([defaultKeyPolicy(textOf(read(holder, side, 'arn'))?.split(':')[4])])
    : { statements: [], complete: true };
}

/** What this plan changes of who says what the policy of a queue, topic or key is. */
export const policyChange = (graph: Messaging, holder: Resource): Resource | undefined =>
  remembered(
    remembered(policyChanges, graph, () => new Map<Resource, Resource | undefined>()),
    holder,
    () => policyChangeOf(graph, holder),
  );
const policyChanges = new WeakMap<Messaging, Map<Resource, Resource | undefined>>();

function policyChangeOf(graph: Messaging, holder: Resource): Resource | undefined {
  return (['after', 'before'] as const)
    .map((side) => (existsOn(holder, side) ? graph.definingResource(holder, side, 'policy') : undefined))
    .find(
      (definer): definer is Resource => definer !== undefined && definer !== 'unknown' && definer.action !== 'nothing',
    );
}

/** Without a policy of its own a key hands everything to the roles of its account (KMS developer guide, "Default key policy"). */
const defaultKeyPolicy = (account = '000000000000') => ({
  Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }],
});

/** Whether a role may do something with a queue or topic of the same account: by its own policies or by that one's. */
export function roleMayUse(
  graph: Messaging,
  role: Resource,
  holder: Resource,
  side: Side,
  request: Request & { readonly on: Named },
): Verdict {
  const own = roleMay(graph, role, side, request);
  if (holder.type !== 'aws_sqs_queue' && holder.type !== 'aws_sns_topic') return own;
  // A policy that can't be read yet is not taken for one that makes up for what the role lost.
  const documents = { ...holderDocuments(graph, holder, side), complete: true };
  const asked: Request = { ...request, by: { role: namedRole(role, side) } };
  return all([any([own, decide(documents, asked)]), not(refuses(documents, asked))]);
}

const KEYS = ['aws_kms_key', 'aws_kms_replica_key', 'aws_kms_external_key'];

/** The key behind an attribute, through an alias if need be. Undefined: none is set. */
export function keyTarget(graph: Messaging, resource: Resource, side: Side, path: AnyPath): Target | undefined {
  const target = graph.follow(resource, side, path, [...KEYS, 'aws_kms_alias']);
  const found = resourceOfTarget(target);
  if (found?.type !== 'aws_kms_alias') return target;
  return graph.follow(found, side, 'target_key_id', KEYS) ?? { kind: 'unknown' };
}

/** A key of AWS's own (`alias/aws/sqs`): every role of the account may use it through its service, no service by itself. */
const isAwsOwned = (name: string): boolean => /(^|:)alias\/aws\//.test(name);

/** Whether a role may use a key: named by the key's policy, by its own when that hands over to it, or by a grant. */
export function roleMayUseKey(
  graph: Messaging,
  role: Resource,
  key: Target,
  side: Side,
  action: string,
  facts: Facts = {},
): Verdict {
  if (key.kind === 'unknown') return undefined;
  if (key.kind === 'elsewhere') {
    if (isAwsOwned(key.name)) return true;
    return roleMay(graph, role, side, { action, on: keyElsewhere(key.name), facts });
  }
  const on = named(key.resource, side);
  const documents = holderDocuments(graph, key.resource, side);
  const identity = namedRole(role, side);
  const account = on.arn?.split(':')[4];
  const asked: Request = { action, on, facts };
  return all([
    any([
      decide(documents, { ...asked, by: { role: identity } }),
      all([decide(documents, { ...asked, by: { account } }), roleMay(graph, role, side, asked)]),
      ...grants(graph, key.resource, side, action, identity),
    ]),
    not(refuses(documents, { ...asked, by: { role: identity } })),
  ]);
}

/** An alias says nothing about the key's ARN, which is what policies name. */
function keyElsewhere(name: string): Named {
  if (name.includes('alias/')) return {};
  return name.startsWith('arn:') ? { arn: name } : { name };
}

function grants(graph: Messaging, key: Resource, side: Side, action: string, role: Named): Verdict[] {
  return graph
    .ofType('aws_kms_grant')
    .filter((grant) => existsOn(grant, side))
    .filter((grant) => resourceOfTarget(graph.follow(grant, side, 'key_id', ['aws_kms_key'])) === key)
    .filter((grant) => {
      const operations = read(grant, side, 'operations');
      return isOpen(operations) || listOf(operations).some((operation) => `kms:${String(operation)}` === action);
    })
    .map((grant) => {
      const grantee = textOf(read(grant, side, 'grantee_principal'));
      return grantee === undefined ? undefined : names(grantee, role);
    });
}

/** Whether a service may encrypt for a queue or topic with a key: only the key's own policy can say so. */
export function serviceMayUseKey(
  graph: Messaging,
  key: Target,
  side: Side,
  service: string,
  facts: Facts = {},
): Verdict {
  if (key.kind === 'unknown') return undefined;
  if (key.kind === 'elsewhere') return isAwsOwned(key.name) ? false : undefined;
  const documents = holderDocuments(graph, key.resource, side);
  const on = named(key.resource, side);
  return all(
    ['kms:GenerateDataKey', 'kms:Decrypt'].map((action) => decide(documents, { action, on, by: { service }, facts })),
  );
}
