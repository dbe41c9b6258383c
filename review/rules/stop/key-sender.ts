import { serviceMayUseKey } from '../../access/holders';
import { keyOf, moverOf, nameOfKey, sameKey } from '../../access/keys';
import { factsOf } from '../../access/services';
import { resourceOfTarget, type Target } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { type Sender, sendersTo } from '../../graph/routes';
import { existsOn } from '../../graph/side';
import { list } from '../../plan/format';
import type { Rule } from '../rule';

export const rule: Rule = {
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
          before: moved ? `${holder.address} encrypted with ${nameOfKey(was)}` : undefined,
          after: `${moved ? `with ${nameOfKey(key)}: ` : ''}${service} may not use the key`,
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
