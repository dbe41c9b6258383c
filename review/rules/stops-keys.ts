import { resourceOfTarget } from '../graph/graph';
import type { Consumer, Messaging } from '../graph/messaging';
import { existsOn, type Side, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { allows, type Statement, statementsOf } from '../policy/document';
import { booleanOn, touched } from './newly';
import type { Rule } from './rule';
import { grantsOf, roleOf } from './stops-access';
import { list } from './words';

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
      const by = graph.encryptedBy(key, 'after').map(({ address }) => address);
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

/** The documents that say who may use a key, on one side: its own policy or the resource beside it. */
function keyPolicy(graph: Messaging, key: Resource, side: Side): readonly Statement[] | undefined {
  const teller = graph.tellerOf(key, side, 'policy');
  return teller && teller !== 'unknown' ? statementsOf(graph.document(teller, side, 'policy')) : undefined;
}

const keyPolicyTightened: Rule = {
  id: 'stop/key-policy',
  severity: 'high',
  title: 'A key no longer serves somebody who needs it',
  *check({ graph }) {
    for (const key of graph.ofType('aws_kms_key')) {
      if (!survives(key)) continue;
      const [before, after] = [keyPolicy(graph, key, 'before'), keyPolicy(graph, key, 'after')];
      if (!before || !after) continue;
      const admitted = (statements: readonly Statement[]) =>
        new Set(
          statements
            .filter((s) => s.effect === 'Allow' && allows([s], 'kms:Decrypt', undefined))
            .flatMap((s) => s.principals),
        );
      const still = admitted(after);
      const lost = [...admitted(before)].filter((principal) => !still.has(principal) && !still.has('*'));
      const by = graph.encryptedBy(key, 'after').map(({ address }) => address);
      if (lost.length === 0 || by.length === 0) continue;
      yield {
        resource: key,
        before: `${list(lost)} may decrypt`,
        after: 'not any more',
        why: `${list(by)} ${by.length === 1 ? 'is' : 'are'} encrypted with it: whoever sends or receives by that principal is refused, and SNS and EventBridge drop what they cannot encrypt.`,
        action: 'Keep kms:Decrypt and kms:GenerateDataKey for each service that sends and each role that receives.',
      };
    }
  },
};

const keyForConsumer: Rule = {
  id: 'stop/key-permission',
  severity: 'high',
  title: 'A consumer may read its queue but not decrypt it',
  *check({ graph }) {
    for (const consumer of graph.consumers('after')) {
      const [source, fn] = [resourceOfTarget(consumer.source), consumer.function];
      if (source?.type !== 'aws_sqs_queue' || !fn || ![source, fn, consumer.mapping].some(touched)) continue;
      const previous = graph.consumerOf(consumer.mapping, 'before');
      if (cannotDecrypt(graph, consumer, 'after') !== true) continue;
      // The same consumer could not before either, maybe on a queue by another name.
      if (previous && cannotDecrypt(graph, previous, 'before') === true) continue;
      yield {
        resource: fn,
        after: `no kms:Decrypt on the key of ${source.address}`,
        why: 'Lambda receives as the function’s role. Without kms:Decrypt on the queue’s key every receive is refused, and the mapping shows an access error while messages pile up.',
        action: `Grant kms:Decrypt on ${graph.keyOf(source, 'after')?.address} to the role.`,
      };
    }
  },
};

function cannotDecrypt(graph: Messaging, consumer: Consumer, side: Side): boolean | undefined {
  const [source, fn] = [resourceOfTarget(consumer.source), consumer.function];
  if (!source || !fn) return undefined;
  const key = graph.keyOf(source, side);
  const role = roleOf(graph, fn, side);
  if (!key || !role) return undefined;
  const grants = grantsOf(graph, role, side);
  if (!grants.complete || grants.statements.length === 0) return undefined;
  const byKey = keyPolicy(graph, key, side);
  const direct = byKey ? byKey.some(admitsRole) : graph.isConfigured(key, 'policy') !== false;
  return !direct && !allows(grants.statements, 'kms:Decrypt', undefined);
}

/** The key's own policy names a role, or one that only the apply will tell. */
const admitsRole = (statement: Statement): boolean =>
  allows([statement], 'kms:Decrypt', undefined) &&
  statement.principals.some(
    (principal) => principal === '*' || principal.includes('role/') || principal.includes('${'),
  );

const encryptionKeyForTopic: Rule = {
  id: 'stop/key-sender',
  severity: 'high',
  title: 'A service sends to an encrypted queue whose key does not admit it',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const key = existsOn(queue, 'after') ? graph.keyOf(queue, 'after') : undefined;
      if (!key || !existsOn(key, 'after')) continue;
      for (const { sender, service } of graph.sendersTo(queue, 'after')) {
        if (sender.action !== 'create') continue;
        const configured =
          graph.isConfigured(key, 'policy') === true ||
          graph.beside(key, 'after', 'aws_kms_key_policy', 'key_id').length > 0;
        const statements =
          keyPolicy(graph, key, 'after') ?? (configured || !graph.configuration.present ? undefined : []);
        const admits = statements?.some(
          (s) => allows([s], 'kms:GenerateDataKey', undefined) && s.principals.some((p) => p === '*' || p === service),
        );
        if (statements === undefined || admits) continue;
        yield {
          resource: key,
          after: `${service} may not use the key`,
          why: `${sender.address} sends to ${queue.address}, which this key encrypts. A key policy must name the service; the default one does not, so every delivery fails without an error that the publisher sees.`,
          action: `Allow kms:GenerateDataKey and kms:Decrypt to ${service} in the key's policy.`,
        };
      }
    }
  },
};

export const keyRules: readonly Rule[] = [keyDisabled, keyPolicyTightened, keyForConsumer, encryptionKeyForTopic];
