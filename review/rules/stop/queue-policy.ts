import { decide, type Request, refuses } from '../../access/decision';
import { type Documents, documentsOf } from '../../access/document';
import { holderDocuments, named, policyChange } from '../../access/holders';
import { factsOf } from '../../access/services';
import type { Verdict } from '../../access/verdict';
import { changes } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import { grouped } from '../../graph/grouped';
import type { Messaging } from '../../graph/messaging';
import { endsOf, failureEndsOf, failuresTo, type Sender, sameEnd, sendersTo } from '../../graph/routes';
import { existsOn, read, type Side, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import { typeOf } from '../../resources';
import type { Draft, Rule } from '../rule';

const requestOf = (graph: Messaging, holder: Resource, sender: Sender, side: Side): Request => ({
  action: typeOf(holder.type)?.sending ?? '',
  on: named(holder, side),
  by: { service: sender.service },
  facts: factsOf(graph, sender, side),
});

function mayDeliver(graph: Messaging, holder: Resource, sender: Sender, side: Side): Verdict {
  return decide(holderDocuments(graph, holder, side), requestOf(graph, holder, sender, side));
}

export const rule: Rule = {
  id: 'stop/queue-policy',
  severity: 'high',
  title: 'A queue, topic or bus does not admit somebody who sends to it',
  *check({ graph }) {
    for (const holder of graph.ofType('aws_sqs_queue', 'aws_sns_topic')) {
      if (!existsOn(holder, 'after')) continue;
      for (const purpose of PURPOSES) yield* refusedSenders(graph, holder, purpose);
      const documents = (side: Side) => holderDocuments(graph, holder, side);
      yield* refusedPrincipals(graph, holder, policyChange(graph, holder), documents);
    }
    for (const bus of graph.ofType('aws_cloudwatch_event_bus')) {
      if (!survives(bus)) continue;
      const policies = graph
        .ofType('aws_cloudwatch_event_bus_policy')
        .filter((policy) => (['before', 'after'] as const).some((side) => isOf(graph, policy, bus, side)));
      const documents = (side: Side) =>
        documentsOf(
          policies
            .filter((policy) => isOf(graph, policy, bus, side))
            .map((policy) => graph.document(policy, side, 'policy')),
        );
      yield* refusedPrincipals(graph, bus, policies.find(changes), documents);
    }
  },
};

/** What somebody sends there for: messages, or what it could not deliver elsewhere. */
interface Purpose {
  readonly senders: (graph: Messaging, holder: Resource, side: Side) => readonly Sender[];
  readonly ends: (graph: Messaging, route: Resource, side: Side) => readonly Resource[];
  readonly verb: readonly [one: string, many: string];
  readonly lost: string;
}
const PURPOSES: readonly Purpose[] = [
  {
    senders: sendersTo,
    ends: endsOf,
    verb: ['delivers to', 'deliver to'],
    lost: "every delivery is refused and, after its retries, dropped or sent to the sender's dead-letter queue",
  },
  {
    senders: failuresTo,
    ends: failureEndsOf,
    verb: ['keeps what it could not deliver in', 'keep what they could not deliver in'],
    lost: 'what fails is dropped without a trace',
  },
];

function* refusedSenders(graph: Messaging, holder: Resource, purpose: Purpose): Generator<Draft> {
  const { senders, ends, verb, lost } = purpose;
  const before = new Map(senders(graph, holder, 'before').map((sender) => [sender.route, sender]));
  // It was refused before as well: under another address here, or where it sent until now.
  const refusedBefore = (sender: Sender) =>
    [...before.values()].some(
      (was) =>
        was.service === sender.service &&
        sameEnd(graph, was.from, sender.from) &&
        mayDeliver(graph, holder, was, 'before') === false,
    ) ||
    ends(graph, sender.route, 'before').some((old) =>
      senders(graph, old, 'before').some(
        (was) => was.route === sender.route && mayDeliver(graph, old, was, 'before') === false,
      ),
    );
  const moves = changes(holder) || policyChange(graph, holder) !== undefined;
  const refused = senders(graph, holder, 'after').flatMap((sender) => {
    const from = resourceOfTarget(sender.from);
    // Nothing that it depends on changes, which is so of most.
    if (!moves && !changes(sender.route) && !(from && changes(from))) return [];
    if (mayDeliver(graph, holder, sender, 'after') !== false) return [];
    const was = before.get(sender.route);
    const admitted =
      was !== undefined && existsOn(holder, 'before') && mayDeliver(graph, holder, was, 'before') !== false;
    const fresh = was === undefined && changes(sender.route) && !refusedBefore(sender);
    return admitted || fresh ? [{ sender, admitted }] : [];
  });
  for (const group of grouped(refused, ({ sender, admitted }) => `${sender.service} ${admitted}`).values()) {
    const [{ sender, admitted }] = group as [(typeof group)[number]];
    const routes = group.map(({ sender: { route } }) => route.address);
    const definer = graph.definingResource(holder, 'after', 'policy');
    yield {
      resource: policyChange(graph, holder) ?? (definer === 'unknown' ? undefined : definer) ?? holder,
      before: admitted ? `${sender.service} may send to ${holder.address}` : undefined,
      after: `${sender.service} may not send${admitted ? '' : ` to ${holder.address}`}`,
      why: `${list(routes)} ${verb[routes.length === 1 ? 0 : 1]} ${holder.address} as ${sender.service}, and ${reason(graph, holder, sender)}: ${lost}.`,
      action: `Allow ${typeOf(holder.type)?.sending} to ${sender.service} in its policy, with aws:SourceArn naming the sender.`,
    };
  }
}

/** Why the policy does not let it through, as far as that can be said in a sentence. */
function reason(graph: Messaging, holder: Resource, sender: Sender): string {
  const documents = holderDocuments(graph, holder, 'after');
  const request = requestOf(graph, holder, sender, 'after');
  if (refuses(documents, request) === true) return 'a Deny of its policy hits it';
  const bare = { action: request.action, by: { service: sender.service } };
  const meant = documents.statements.filter((statement) => statement.effect === 'Allow');
  const somehow = decide({ statements: meant.map((s) => ({ ...s, conditions: [] })), complete: true }, bare) === true;
  if (!somehow) return 'no statement of its policy allows it';
  const resource =
    decide({ statements: meant.map((s) => ({ ...s, conditions: [] })), complete: true }, request) === false;
  return `the statement for it names another ${resource ? 'queue or topic' : 'source'}`;
}

/** Senders that are not in this plan: services and other accounts that the policy named and names no more. */
function* refusedPrincipals(
  graph: Messaging,
  holder: Resource,
  change: Resource | undefined,
  documents: (side: Side) => Documents,
): Generator<Draft> {
  if (!existsOn(holder, 'before') || !change) return;
  const [before, after] = [documents('before'), documents('after')];
  const action = typeOf(holder.type)?.sending ?? '';
  const known = new Set(
    PURPOSES.flatMap(({ senders }) => senders(graph, holder, 'before').map(({ service }) => service)),
  );
  const own = textOf(read(holder, 'before', 'arn'))?.split(':')[4];
  const lost = [
    ...new Set(
      before.statements.filter(({ effect }) => effect === 'Allow').flatMap(({ principals }) => principals.patterns),
    ),
  ]
    .filter((principal) => principal !== '*' && !known.has(principal))
    .filter((principal) => principal.endsWith('.amazonaws.com') || accountOf(principal) !== own)
    .filter((principal) => {
      const by = principal.endsWith('.amazonaws.com') ? { service: principal } : callerOf(principal);
      const may = (side: Side, said: Documents) => decide(said, { action, on: named(holder, side), by });
      return may('before', before) !== false && may('after', after) === false;
    });
  if (lost.length === 0) return;
  yield {
    resource: change,
    severity: 'medium',
    before: `${list(lost)} may send to ${holder.address}`,
    after: 'may not',
    why: 'Whoever sends by that name is not in this plan, so nobody can see here whether it still does: its sends are refused from then on.',
    action: 'Show that nobody sends by that name any more, or keep the statement.',
  };
}

/** A policy of a bus is a resource of its own; a bus has no attribute that says it. */
const isOf = (graph: Messaging, policy: Resource, bus: Resource, side: Side): boolean =>
  existsOn(policy, side) && resourceOfTarget(graph.follow(policy, side, 'event_bus_name', [bus.type])) === bus;

const accountOf = (principal: string): string | undefined => /(\d{12})/.exec(principal)?.[1];
const callerOf = (principal: string) =>
  /^\d{12}$|:root$/.test(principal) ? { account: accountOf(principal) } : { role: { arn: principal } };
