import { ALARMS, actionsOf } from '../graph/alarms';
import { resourceOfTarget } from '../graph/graph';
import type { Messaging } from '../graph/messaging';
import { read } from '../graph/side';
import type { Resource } from '../plan/model';
import { textOf } from '../plan/values';
import type { TypePath } from '../resources';
import { type Ask, commandOf } from './command';

/** One thing to know before the apply, and how to ask for it. */
export interface Question {
  readonly address: string;
  /** `messages in it` */
  readonly about: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly ask: Ask;
  /** For whoever reviews without credentials in the pipeline. */
  readonly command: string;
  /** With --live. */
  readonly answer?: string;
}

const DAYS = 14;
const LAST_DAYS = `in the last ${DAYS} days`;

interface Use {
  readonly namespace: string;
  readonly metric: string;
  readonly dimension: string;
  readonly about: string;
}

/** Who still uses a type, by the metric that counts it: "Amazon CloudWatch metrics" of each service's guide. */
const USES: readonly (TypePath & Use)[] = [
  {
    ...{ type: 'aws_sqs_queue', path: 'name', dimension: 'QueueName' },
    ...{ namespace: 'AWS/SQS', metric: 'NumberOfMessagesSent', about: `messages sent to it ${LAST_DAYS}` },
  },
  {
    ...{ type: 'aws_sns_topic', path: 'name', dimension: 'TopicName' },
    ...{ namespace: 'AWS/SNS', metric: 'NumberOfMessagesPublished', about: `messages published to it ${LAST_DAYS}` },
  },
  {
    ...{ type: 'aws_lambda_function', path: 'function_name', dimension: 'FunctionName' },
    ...{ namespace: 'AWS/Lambda', metric: 'Invocations', about: `invocations ${LAST_DAYS}` },
  },
  {
    ...{ type: 'aws_kinesis_stream', path: 'name', dimension: 'StreamName' },
    ...{ namespace: 'AWS/Kinesis', metric: 'IncomingRecords', about: `records put into it ${LAST_DAYS}` },
  },
  {
    ...{ type: 'aws_dynamodb_table', path: 'name', dimension: 'TableName' },
    ...{ namespace: 'AWS/DynamoDB', metric: 'ConsumedWriteCapacityUnits', about: `write units used ${LAST_DAYS}` },
  },
  {
    ...{ type: 'aws_sfn_state_machine', path: 'arn', dimension: 'StateMachineArn' },
    ...{ namespace: 'AWS/States', metric: 'ExecutionsStarted', about: `executions started ${LAST_DAYS}` },
  },
  {
    ...{ type: 'aws_apigatewayv2_api', path: 'id', dimension: 'ApiId' },
    ...{ namespace: 'AWS/ApiGateway', metric: 'Count', about: `requests ${LAST_DAYS}` },
  },
  // A rule of the default bus has RuleName alone (EventBridge user guide, "Monitoring Amazon EventBridge").
  {
    ...{ type: 'aws_cloudwatch_event_rule', path: 'name', dimension: 'RuleName' },
    ...{ namespace: 'AWS/Events', metric: 'TriggeredRules', about: `events matched ${LAST_DAYS}` },
  },
];

/** What to ask about everything that goes, and about the topics of alarms that stay. */
export function questionsOf(graph: Messaging): Question[] {
  return graph.changed.flatMap((resource) => {
    if (resource.action === 'destroy' || resource.action === 'replace') return ofWhatGoes(graph, resource);
    const alarm = ALARMS.includes(resource.type) && ['create', 'update'].includes(resource.action);
    return alarm ? ofAlarm(resource) : [];
  });
}

function ofWhatGoes(graph: Messaging, resource: Resource): Question[] {
  if (resource.type === 'aws_lambda_event_source_mapping') {
    const source = resourceOfTarget(graph.consumerOf(resource, 'before')?.source);
    return source?.type === 'aws_sqs_queue' ? ofBacklog(source, resource, `messages in ${source.address}`) : [];
  }
  return [
    ...(resource.type === 'aws_sqs_queue' ? ofBacklog(resource, resource, 'messages in it') : []),
    ...ofUse(resource),
    ...(resource.type === 'aws_sns_topic' ? ofTopic(resource, textOf(read(resource, 'before', 'arn'))) : []),
  ];
}

function ofBacklog(queue: Resource, told: Resource, about: string): Question[] {
  const url = textOf(read(queue, 'before', 'url')) ?? textOf(read(queue, 'before', 'id'));
  const name = textOf(read(queue, 'before', 'name'));
  if (!url?.startsWith('https://') || name === undefined) return [];
  const place = placeOf(queue);
  return [
    question(told, about, place, { kind: 'depth', url }),
    question(told, 'oldest of them', place, {
      ...{ kind: 'metric', namespace: 'AWS/SQS', metric: 'ApproximateAgeOfOldestMessage' },
      ...{ dimensions: { QueueName: name }, statistic: 'Maximum', hours: 1, unit: 'seconds' },
    }),
  ];
}

function ofUse(resource: Resource): Question[] {
  const use = USES.find(({ type }) => type === resource.type);
  const value = use && textOf(read(resource, 'before', use.path));
  if (!use || value === undefined) return [];
  const bus =
    resource.type === 'aws_cloudwatch_event_rule' ? textOf(read(resource, 'before', 'event_bus_name')) : undefined;
  const dimensions = {
    ...(bus === undefined || bus === 'default' ? {} : { EventBusName: bus }),
    [use.dimension]: value,
  };
  const { namespace, metric } = use;
  return [
    question(resource, use.about, placeOf(resource), {
      ...{ kind: 'metric', namespace, metric, dimensions, statistic: 'Sum', hours: 24 * DAYS, unit: 'count' },
    }),
  ];
}

const ofAlarm = (alarm: Resource): Question[] =>
  (actionsOf(alarm, 'after') ?? []).flatMap((action) => ofTopic(alarm, textOf(action), `who hears it through `));

function ofTopic(told: Resource, arn: string | undefined, through?: string): Question[] {
  const topic = /^arn:[^:]*:sns:[^:]+:\d+:([^:]+)$/.exec(arn ?? '');
  if (!arn || !topic) return [];
  const about = through ? `${through}${topic[1]}` : 'subscribers';
  return [question(told, about, placeOfArn(arn), { kind: 'subscribers', topic: arn })];
}

type Place = Pick<Question, 'account' | 'region'>;
const question = ({ address }: Resource, about: string, place: Place, ask: Ask): Question => ({
  ...{ address, about, ...place, ask },
  command: commandOf(ask, place.region),
});

const placeOf = (resource: Resource): Place => placeOfArn(textOf(read(resource, 'before', 'arn')) ?? '');
function placeOfArn(arn: string): Place {
  const [, , , region, account] = arn.split(':');
  return { region: region || undefined, account: account || undefined };
}
