import { decide, refuses } from '../../access/decision';
import type { Statement } from '../../access/document';
import { named, policyChange, roleMayUse } from '../../access/holders';
import { type Need, needs } from '../../access/needs';
import { changesOf, roleDocuments, roleMay, usersOf, wasAllowed } from '../../access/roles';
import type { Verdict } from '../../access/verdict';
import { changes } from '../../graph/change';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { existsOn, type Side, survives } from '../../graph/side';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/permission-removed',
  severity: 'high',
  title: 'A permission is taken away from somebody who needs it',
  *check({ graph }) {
    yield* neededDrafts(graph, missingNeeds(graph));
    yield* otherDrafts(graph);
  },
};

interface Missing {
  readonly need: Need;
  readonly lost: readonly string[];
  readonly culprit: Resource;
  readonly fresh: boolean;
}

/** Needs that were met, or are new, and certainly are not met afterwards. */
function missingNeeds(graph: Messaging): Missing[] {
  const keyOf = ({ because, kind }: Need) => `${because.address} ${kind}`;
  const before = new Map(needs(graph, 'before').map((need) => [keyOf(need), need]));
  return needs(graph, 'after').flatMap((need) => {
    if (!existsOn(need.worker, 'after')) return [];
    const was = before.get(keyOf(need));
    // Nothing that it depends on changes, which is so of most.
    const culprit = culpritOf(graph, need, was);
    if (!culprit) return [];
    const may = ({ role, on, named: name, facts }: Need, side: Side, action: string): Verdict =>
      roleMayUse(graph, role, on, side, { action, on: name, facts });
    const lost = need.actions.filter(
      (action) =>
        may(need, 'after', action) === false &&
        (was
          ? was.actions.includes(action) && wasAllowed(graph, may(was, 'before', action))
          : isBrokenFromBirth(graph, need)),
    );
    if (lost.length === 0) return [];
    const moved = was === undefined || was.on !== need.on || was.worker !== need.worker;
    return [{ need, lost, culprit, fresh: moved }];
  });
}

/** For something new, a role that has policies here and no other; one whose policies are elsewhere says nothing. */
const isBrokenFromBirth = (graph: Messaging, { role, because }: Need): boolean =>
  because.action === 'create' && roleDocuments(graph, role, 'after').statements.length > 0;

/** What this plan changes that made it so, nearest first; undefined when that is nothing. */
function culpritOf(graph: Messaging, need: Need, was: Need | undefined): Resource | undefined {
  if (was === undefined || was.on !== need.on || was.worker !== need.worker) return changed(need.because);
  if (was.role !== need.role) return changed(need.worker);
  return changesOf(graph, need.role)[0] ?? policyChange(graph, need.on);
}

const changed = (resource: Resource): Resource | undefined => (changes(resource) ? resource : undefined);

const CONSEQUENCES: Readonly<Record<Need['kind'], string>> = {
  reads: 'Without it a mapping stops with an access error that only its own state shows; messages pile up.',
  sends: 'Without it every delivery is refused and, after its retries, dropped.',
  'keeps failures': 'Without it what fails is dropped instead of being kept.',
};

function* neededDrafts(graph: Messaging, missing: readonly Missing[]): Generator<Draft> {
  const groups = new Map<string, Missing[]>();
  for (const entry of missing) {
    const key = `${entry.culprit.address} ${entry.need.kind} ${entry.fresh}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  for (const entries of groups.values()) {
    const [first] = entries as [Missing];
    const { kind } = first.need;
    const each = listed(entries);
    const refused = entries.some(({ need, lost }) =>
      lost.some(
        (action) =>
          refuses(roleDocuments(graph, need.role, 'after'), { action, on: need.named, facts: need.facts }) === true,
      ),
    );
    const users = list([...new Set(entries.map(({ need }) => need.because.address))]);
    yield {
      resource: first.culprit,
      severity: kind === 'keeps failures' ? 'medium' : 'high',
      before: first.fresh ? undefined : each,
      after: first.fresh ? `not allowed: ${each}` : refused ? 'refused by a Deny' : 'not allowed any more',
      why: `${users} ${users.includes(', ') ? 'need' : 'needs'} that ${PURPOSES[kind]}. ${CONSEQUENCES[kind]}`,
      action: refused
        ? 'Take what messages need out of the Deny.'
        : entries.length === 1
          ? `Grant ${first.lost.length === 1 ? 'it' : 'them'} for that one ${noun(first.need.on)}.`
          : 'Grant each for the one queue, topic or stream that needs it.',
    };
  }
}

/** `fn: sqs:ReceiveMessage on queue; …`, each function or pipe once. */
function listed(entries: readonly Missing[]): string {
  const workers = [...new Set(entries.map(({ need }) => need.worker))];
  return workers
    .map((worker) => {
      const own = entries.filter(({ need }) => need.worker === worker);
      const grants = new Set(own.map(({ need, lost }) => `${list(lost)} on ${need.on.address}`));
      return `${worker.address}: ${[...grants].sort().join('; ')}`;
    })
    .sort()
    .join('; ');
}

const PURPOSES: Readonly<Record<Need['kind'], string>> = {
  reads: 'to read',
  sends: 'to send there',
  'keeps failures': 'to keep there what failed',
};

const noun = ({ type }: Resource): string =>
  (
    ({
      aws_sqs_queue: 'queue',
      aws_kinesis_stream: 'stream',
      aws_dynamodb_table: 'stream',
      aws_sns_topic: 'topic',
    }) as Record<string, string>
  )[type] ?? 'resource';

/** What a role may be given by name, and what those who have it do with it. */
const NAMED_GRANTS: Readonly<Record<string, readonly string[]>> = {
  aws_sqs_queue: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
  aws_sns_topic: ['sns:Publish'],
  aws_kinesis_stream: ['kinesis:PutRecord', 'kinesis:PutRecords', 'kinesis:GetRecords'],
  aws_dynamodb_table: [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:Query',
  ],
  aws_sfn_state_machine: ['states:StartExecution'],
  aws_cloudwatch_event_bus: ['events:PutEvents'],
  aws_lambda_function: ['lambda:InvokeFunction'],
  aws_secretsmanager_secret: ['secretsmanager:GetSecretValue'],
  // To send to something that it encrypts; to read that has a rule of its own.
  aws_kms_key: ['kms:GenerateDataKey'],
};

/** Grants that name something which stays, to a role whose user stays: the code may still count on them. */
function* otherDrafts(graph: Messaging): Generator<Draft> {
  // What a mapping or a pipe needs was judged by that; when it goes, so may the permission.
  const explained = new Set(
    needs(graph, 'before').flatMap(({ role, on, actions }) =>
      actions.map((action) => `${role.address} ${on.address} ${action}`),
    ),
  );
  for (const role of graph.ofType('aws_iam_role')) {
    const [change] = changesOf(graph, role);
    const users = usersOf(graph, role, 'after').filter(survives);
    if (!change || !survives(role) || users.length === 0) continue;
    const lost = [...mentions(graph, role)]
      .map(([on, statements]) => ({
        on,
        actions: lostActions(graph, role, on, statements).filter(
          (action) => !explained.has(`${role.address} ${on.address} ${action}`),
        ),
      }))
      .filter(({ actions }) => actions.length > 0);
    if (lost.length === 0) continue;
    yield {
      resource: change,
      severity: 'medium',
      before: lost.map(({ on, actions }) => `may ${list(actions)} on ${on.address}`).join(', '),
      after: 'not allowed any more',
      why: `${list(users.map(({ address }) => address))} ${users.length === 1 ? 'works' : 'work'} with ${role.address}, and what it names stays. If the code still does it, it fails there, with the message half done.`,
      action: 'Show that the code no longer does it (and deploy that first), or keep the permission.',
    };
  }
}

/** What the role's policies name one by one, with the statements that do. A wildcard that gives way to names takes nothing away that was meant. */
function mentions(graph: Messaging, role: Resource): Map<Resource, Statement[]> {
  const found = new Map<Resource, Statement[]>();
  for (const statement of roleDocuments(graph, role, 'before').statements) {
    if (statement.effect !== 'Allow' || statement.resources.negated) continue;
    for (const pattern of statement.resources.patterns) {
      const on = resourceOfTarget(graph.find(pattern, 'before', Object.keys(NAMED_GRANTS), role, 'policy'));
      if (on && existsOn(on, 'after')) found.set(on, [...(found.get(on) ?? []), statement]);
    }
  }
  return found;
}

function lostActions(graph: Messaging, role: Resource, on: Resource, statements: readonly Statement[]): string[] {
  return (NAMED_GRANTS[on.type] ?? []).filter((action) => {
    const asked = (side: Side) => ({ action, on: named(on, side) });
    return (
      decide({ statements, complete: true }, asked('before')) === true &&
      roleMay(graph, role, 'before', asked('before')) === true &&
      roleMay(graph, role, 'after', asked('after')) === false
    );
  });
}
