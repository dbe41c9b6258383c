import { join } from 'node:path';
import { type CostChange, monthlyCost } from '../../review/cost/monthly';
import { type Edge, edges } from '../../review/graph/edges';
import { Messaging } from '../../review/graph/messaging';
import type { Resource } from '../../review/plan/model';
import { readPlan } from '../../review/plan/read';
import { type Arrow, diagram, type Node } from '../../tools/module-pages/diagram';
import { existingPlan } from '../review/existing-plan';
import { written as writtenPlan } from '../review/written';
import { examplesIn, root, written } from './examples-of-readmes';
import { synthesized } from './synthesized';

type Resources = Record<string, Record<string, Record<string, unknown>>>;

const example = examplesIn(written());
/** What an example's reader has already. */
const isGiven = (address: string) => /^aws_\w+\.given-/.test(address);

/** The plan that makes what was synthesized. */
async function graphOf(name: string, json: { resource: Resources }): Promise<Messaging> {
  const plan = existingPlan(json, {}) as unknown as {
    resource_changes: { address: string; change: { actions: string[]; before: unknown } }[];
  };
  for (const { address, change } of plan.resource_changes)
    if (!isGiven(address)) Object.assign(change, { actions: ['create'], before: null });
  return new Messaging(await readPlan(writtenPlan(JSON.stringify(plan)), name));
}

const KINDS: Readonly<Record<string, string>> = {
  aws_apigatewayv2_api: 'HTTP API',
  aws_apigatewayv2_integration: 'API integration',
  aws_cloudwatch_event_bus: 'EventBridge bus',
  aws_cloudwatch_event_rule: 'EventBridge rule',
  aws_dynamodb_table: 'DynamoDB table',
  aws_kinesis_stream: 'Kinesis stream',
  aws_lambda_function: 'Lambda function',
  aws_mq_broker: 'Amazon MQ broker',
  aws_mq_configuration: 'broker configuration',
  aws_msk_cluster: 'MSK cluster',
  aws_msk_serverless_cluster: 'MSK cluster',
  aws_pipes_pipe: 'EventBridge pipe',
  aws_scheduler_schedule: 'schedule',
  aws_sfn_state_machine: 'state machine',
  aws_sns_topic: 'SNS topic',
  aws_sqs_queue: 'SQS queue',
};

/** @param within the stack whose name stands before all others */
function nodeOf({ address, type, after }: Resource, within = 'none'): Node {
  const {
    name,
    function_name: functionName,
    cluster_name: clusterName,
    broker_name: brokerName,
  } = (after ?? {}) as Record<string, unknown>;
  const [, id = address] = /\.(.+?)(?:_[0-9A-F]{8})?$/.exec(address) ?? [];
  const text = [functionName, clusterName, brokerName, name, id].find((each) => typeof each === 'string') as string;
  return {
    id: address,
    name: text
      .replace(/_[0-9A-F]{8}$/, '')
      .replace(/^given\b/, 'yours')
      .replace(new RegExp(`^${within}-(?=.)`), ''),
    kind: KINDS[type] ?? type.replace(/^aws_/, '').replaceAll('_', ' '),
  };
}

/** What a role's permissions let its owner do to what, as a word on an arrow. */
const PERMISSIONS: readonly (readonly [action: RegExp, word: string])[] = [
  [/^sqs:SendMessage$/, 'sends'],
  [/^sqs:StartMessageMoveTask$/, 'moves'],
  [/^sns:Publish$/, 'publishes'],
  [/^dynamodb:(Put|Update|Delete|TransactWrite|BatchWrite)/, 'writes'],
  [/^dynamodb:(Get|Query)/, 'reads'],
  [/^lambda:InvokeFunction$/, 'invokes'],
  [/^states:StartExecution$/, 'starts'],
];
const textOf = (resource: Resource, attribute: string): string => {
  const value = (resource.after as Record<string, unknown> | null)?.[attribute];
  return typeof value === 'string' ? value : '';
};

interface Policy {
  readonly Statement?: readonly { Effect: string; Action: string | string[]; Resource: string | string[] }[];
}

/** A policy with an expression of Terraform in it, such as a condition on what is known only later, isn't JSON yet: it draws no arrow. */
function policyOf(resource: Resource): Policy {
  try {
    return JSON.parse(textOf(resource, 'policy')) as Policy;
  } catch {
    return {};
  }
}

/** What code does to queues, tables and functions stands in no resource but the policy of its role. */
function permitted(graph: Messaging): { from: Resource; to: Resource; label: string }[] {
  const owners = [
    ...graph.ofType('aws_lambda_function').map((owner) => [textOf(owner, 'role'), owner] as const),
    ...graph.ofType('aws_sfn_state_machine').map((owner) => [textOf(owner, 'role_arn'), owner] as const),
  ];
  const targets = [
    'aws_sqs_queue',
    'aws_sns_topic',
    'aws_dynamodb_table',
    'aws_lambda_function',
    'aws_sfn_state_machine',
  ].flatMap((type) => [...graph.ofType(type)]);
  return graph.ofType('aws_iam_role_policy').flatMap((policy) => {
    const { Statement = [] } = policyOf(policy);
    const from = owners.find(([role]) => role.endsWith(`/${textOf(policy, 'role')}`))?.[1];
    if (!from) return [];
    return targets.flatMap((to) => {
      const actions = Statement.filter(
        ({ Effect, Resource }) => Effect === 'Allow' && [Resource].flat().includes(textOf(to, 'arn')),
      ).flatMap(({ Action }) => [Action].flat());
      const word = PERMISSIONS.find(([action]) => actions.some((each) => action.test(each)))?.[1];
      return word && to !== from ? [{ from, to, label: word }] : [];
    });
  });
}

const arrowOf = ({ from, to, kind, via }: Edge): Arrow => ({
  ...{ from: from.address, to: to.address, dashed: kind === 'dead letters' },
  label: via?.type === 'aws_lambda_event_source_mapping' && kind === 'invokes' ? 'batches' : kind,
});

/** The picture of who hands messages to whom, as far as it isn't only between what is given. Undefined where nobody does. */
function drawing(graph: Messaging, title: string, within?: string): string | undefined {
  const configured = edges(graph, 'after').map((edge) => ({
    ...arrowOf(edge),
    ends: [edge.from, edge.to],
    via: edge.via,
  }));
  const ways = new Set(configured.map(({ from, to }) => `${from}|${to}`));
  const byCode = permitted(graph)
    .map(({ from, to, label }) => ({
      ends: [from, to],
      from: from.address,
      to: to.address,
      label,
      dashed: false,
      via: undefined,
    }))
    .filter(({ from, to }) => !ways.has(`${from}|${to}`));
  const own = [...configured, ...byCode].filter(({ ends, via }) =>
    [...ends, via].some((resource) => resource && !isGiven(resource.address)),
  );
  const arrows = [
    ...new Map(
      own.map(({ from, to, label, dashed }): [string, Arrow] => [
        `${from}|${to}|${label}`,
        { from, to, label, dashed },
      ]),
    ).values(),
  ];
  const nodes = [
    ...new Map(
      own.flatMap(({ ends }) => ends).map((resource) => [resource.address, nodeOf(resource, within)]),
    ).values(),
  ];
  return nodes.length > 0 ? diagram(title, nodes, arrows) : undefined;
}

/** What a module's page has that is worked out from its example: the picture, and what its resources cost a month. */
export async function pageOf(name: string): Promise<{ picture: string | undefined; idle: CostChange['items'] }> {
  const { json } = synthesized((stack) => example(name, stack));
  const graph = await graphOf(name, json as { resource: Resources });
  return {
    picture: drawing(graph, `What the example of ${name} makes, and who hands messages to whom`),
    idle: monthlyCost(graph).items.filter(({ type }) => type !== 'aws_lambda_function'),
  };
}

/** The picture of a synthesized stack. */
export const pictureOfStack = async (name: string, json: unknown): Promise<string | undefined> =>
  drawing(
    await graphOf(name, json as { resource: Resources }),
    `What ${name} makes, and who hands messages to whom`,
    name,
  );

export const pictureFile = (name: string): string => join(root, 'docs', 'pictures', 'modules', `${name}.svg`);
