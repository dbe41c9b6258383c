import { decide, type Facts } from '../access/decision';
import {
  holderDocuments,
  keyTarget,
  named,
  policyChange,
  roleMayUse,
  roleMayUseKey,
  serviceMayUseKey,
} from '../access/holders';
import { changesOf, roleOf, wasAllowed } from '../access/roles';
import { resourceOfTarget, type Target } from '../graph/graph';
import { grouped } from '../graph/grouped';
import type { Messaging } from '../graph/messaging';
import { onceASide } from '../graph/once';
import { existsOn, read, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';
import { type Sender, sendersTo } from './links';
import { booleanOn, changes } from './newly';
import { type Reader, readerBy, readers } from './readers';
import type { Draft, Rule } from './rule';
import { factsOf } from './stops-queue-policy';
import { list } from './words';

/** Where each type names the key that encrypts it. */
const KEY_PATHS: Readonly<Record<string, string>> = {
  aws_sqs_queue: 'kms_master_key_id',
  aws_sns_topic: 'kms_master_key_id',
  aws_kinesis_stream: 'kms_key_id',
  aws_dynamodb_table: 'server_side_encryption.0.kms_key_arn',
  aws_lambda_function: 'kms_key_arn',
  aws_efs_file_system: 'kms_key_id',
  aws_mq_broker: 'encryption_options.0.kms_key_id',
  aws_msk_cluster: 'encryption_info.0.encryption_at_rest_kms_key_arn',
  aws_secretsmanager_secret: 'kms_key_id',
};

const keyOf = (graph: Messaging, resource: Resource, side: Side): Target | undefined =>
  existsOn(resource, side) ? keyTarget(graph, resource, side, KEY_PATHS[resource.type] ?? '') : undefined;

const byKey = onceASide((graph, side) =>
  grouped(graph.ofType(...Object.keys(KEY_PATHS)), (resource) => resourceOfTarget(keyOf(graph, resource, side))),
);

/** What is encrypted with a key. */
const encryptedWith = (graph: Messaging, key: Resource, side: Side): readonly Resource[] =>
  byKey(graph, side).get(key) ?? [];

const nameOf = (key: Target | undefined): string =>
  key === undefined
    ? 'no key of its own'
    : key.kind === 'resource'
      ? key.resource.address
      : key.kind === 'elsewhere'
        ? key.name
        : '(known after apply)';
const sameKey = (a: Target | undefined, b: Target | undefined): boolean =>
  a?.kind !== 'unknown' && b?.kind !== 'unknown' && nameOf(a) === nameOf(b);

const keyDisabled: Rule = {
  id: 'stop/key-disabled',
  severity: 'critical',
  title: 'A key that messages or data need is switched off',
  *check({ graph }) {
    for (const key of graph.ofType('aws_kms_key')) {
      if (
        !survives(key) ||
        booleanOn(key, 'before', 'is_enabled') !== true ||
        booleanOn(key, 'after', 'is_enabled') !== false
      )
        continue;
      const by = encryptedWith(graph, key, 'after').map(({ address }) => address);
      yield {
        resource: key,
        before: 'enabled',
        after: 'disabled',
        why: `Nothing encrypted with it can be written or read from then on${by.length > 0 ? `: ${list(by)}` : ''}.`,
        action: 'Move its users to another key first.',
      };
    }
  },
};

const keyPolicyTightened: Rule = {
  id: 'stop/key-policy',
  severity: 'high',
  title: 'A key no longer serves somebody who needs it',
  *check({ graph }) {
    for (const key of graph.ofType('aws_kms_key')) {
      const held = encryptedWith(graph, key, 'after');
      const change = policyChange(graph, key);
      if (!survives(key) || held.length === 0 || !change) continue;
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
    before: `${role?.address ?? grantee ?? 'somebody'} may use ${nameOf(key)} by this grant`,
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

const keyForConsumer: Rule = {
  id: 'stop/key-permission',
  severity: 'high',
  title: 'A consumer may read its queue but not decrypt it',
  *check({ graph }) {
    const found = new Map<string, Draft>();
    for (const reader of readers(graph, 'after')) {
      const source = resourceOfTarget(reader.source);
      const was = readerBy(graph, reader.resource, 'before');
      const culprit = source && culpritOf(graph, source, reader, was);
      if (!culprit || mayDecrypt(graph, reader, 'after') !== false || mayReceive(graph, reader, 'after') === false)
        continue;
      if (was && couldNot(graph, was)) continue;
      const key = keyOf(graph, source, 'after');
      const who = reader.worker?.address ?? reader.resource.address;
      found.set(`${culprit.address} ${source.address} ${who}`, {
        resource: culprit,
        before: was ? `${who} may decrypt what it reads from ${source.address}` : undefined,
        after: `no kms:Decrypt on ${nameOf(key)}, the key of ${source.address}`,
        why: `${who} receives from ${source.address} with its role. Without kms:Decrypt on the key every receive is refused, and only the mapping’s own state shows it while messages pile up.`,
        action: `Grant kms:Decrypt on ${nameOf(key)} to the role${key?.kind === 'elsewhere' ? ', and check that the key’s own policy lets it and the services that send' : ''}.`,
      });
    }
    yield* found.values();
  },
};

/** It could not before either, or nobody can tell which queue, key and role it was. */
function couldNot(graph: Messaging, was: Reader): boolean {
  const held = resourceOfTarget(was.source);
  const role = was.worker && roleOf(graph, was.worker, 'before');
  if (!held || !role || keyOf(graph, held, 'before')?.kind === 'unknown') return true;
  return !wasAllowed(graph, mayDecrypt(graph, was, 'before'));
}

function mayDecrypt(graph: Messaging, { source, worker }: Reader, side: Side): boolean | undefined {
  const held = resourceOfTarget(source);
  if (!held || !worker || !['aws_sqs_queue', 'aws_kinesis_stream'].includes(held.type)) return undefined;
  const [key, role] = [keyOf(graph, held, side), roleOf(graph, worker, side)];
  if (!key) return true;
  return role ? roleMayUseKey(graph, role, key, side, 'kms:Decrypt', roleFacts(held, side)) : undefined;
}

/** SQS and Kinesis ask the key in the reader's name. */
function roleFacts(held: Resource, side: Side): Facts {
  const [, , service, region, account] = textOf(read(held, side, 'arn'))?.split(':') ?? [];
  if (!service || !region || !account) return {};
  return { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'kms:CallerAccount': account };
}

/** One that may not even receive has another finding. */
function mayReceive(graph: Messaging, { source, worker }: Reader, side: Side): boolean | undefined {
  const held = resourceOfTarget(source);
  const role = worker ? roleOf(graph, worker, side) : undefined;
  if (!held || !role) return undefined;
  const action = held.type === 'aws_sqs_queue' ? 'sqs:ReceiveMessage' : 'kinesis:GetRecords';
  return roleMayUse(graph, role, held, side, { action, on: named(held, side) });
}

/** What this plan changes that made it so; undefined when that is nothing, or the key's own policy, which has a finding of its own. */
function culpritOf(graph: Messaging, source: Resource, reader: Reader, was: Reader | undefined): Resource | undefined {
  const worker = reader.worker ?? reader.resource;
  if (!was || resourceOfTarget(was.source) !== source || was.worker !== reader.worker) return worker;
  const [keyWas, key] = [keyOf(graph, source, 'before'), keyOf(graph, source, 'after')];
  if (!sameKey(keyWas, key)) return moverOf(graph, source);
  const role = roleOf(graph, worker, 'after');
  if (roleOf(graph, worker, 'before') !== role) return worker;
  const [change] = role ? changesOf(graph, role) : [];
  return change ?? graph.ofType('aws_kms_grant').find((grant) => changes(grant) && grant.action !== 'create');
}

/** What puts a queue or topic under another key: itself, or the alias that it names. */
function moverOf(graph: Messaging, holder: Resource): Resource | undefined {
  const alias = resourceOfTarget(graph.follow(holder, 'after', KEY_PATHS[holder.type] ?? '', ['aws_kms_alias']));
  return [holder, alias].find((resource) => resource !== undefined && changes(resource));
}

const keyForSender: Rule = {
  id: 'stop/key-sender',
  severity: 'high',
  title: 'A service sends to an encrypted queue whose key does not admit it',
  *check({ graph }) {
    for (const holder of graph.ofType('aws_sqs_queue', 'aws_sns_topic')) {
      const key = keyOf(graph, holder, 'after');
      if (!key) continue;
      const was = keyOf(graph, holder, 'before');
      const moved = existsOn(holder, 'before') && !sameKey(was, key) && moverOf(graph, holder) !== undefined;
      const refused = sendersTo(graph, holder, 'after').filter(
        (sender) =>
          (sender.route.action === 'create' || (moved && servedBefore(graph, was, sender))) &&
          serviceMayUseKey(graph, key, 'after', sender.service, factsOf(graph, sender, 'after')) === false,
      );
      for (const service of new Set(refused.map((sender) => sender.service))) {
        const routes = refused.filter((sender) => sender.service === service).map(({ route }) => route.address);
        yield {
          resource: (moved ? moverOf(graph, holder) : resourceOfTarget(key)) ?? holder,
          before: moved ? `${holder.address} encrypted with ${nameOf(was)}` : undefined,
          after: `${moved ? `with ${nameOf(key)}: ` : ''}${service} may not use the key`,
          why: `${list(routes)} sends to ${holder.address}, which this key encrypts. ${key.kind === 'elsewhere' ? 'The key that AWS keeps for the account can not be opened to a service' : 'A key policy must name the service; the default one does not'}, so every delivery fails without an error that the publisher sees.`,
          action: `Allow kms:GenerateDataKey and kms:Decrypt to ${service} in the policy of ${key.kind === 'elsewhere' ? 'a key of your own' : 'the key'}.`,
        };
      }
    }
  },
};

/** Nothing refused it until now: no key, or one that admits it. */
const servedBefore = (graph: Messaging, key: Target | undefined, sender: Sender): boolean =>
  key === undefined ||
  serviceMayUseKey(graph, key, 'before', sender.service, factsOf(graph, sender, 'before')) !== false;

export const keyRules: readonly Rule[] = [keyDisabled, keyPolicyTightened, keyForConsumer, keyForSender];
