import type { Facts } from '../../access/decision';
import { named, roleMayUse, roleMayUseKey } from '../../access/holders';
import { keyOf, moverOf, nameOfKey, sameKey } from '../../access/keys';
import { changesOf, roleOf, wasAllowed } from '../../access/roles';
import { changes } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { type Reader, readerBy, readers } from '../../graph/readers';
import { read, type Side } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
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
        after: `no kms:Decrypt on ${nameOfKey(key)}, the key of ${source.address}`,
        why: `${who} receives from ${source.address} with its role. Without kms:Decrypt on the key every receive is refused, and only the mapping’s own state shows it while messages pile up.`,
        action: `Grant kms:Decrypt on ${nameOfKey(key)} to the role${key?.kind === 'elsewhere' ? ', and check that the key’s own policy lets it and the services that send' : ''}.`,
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
