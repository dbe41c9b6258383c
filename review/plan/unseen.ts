import { typeOf } from '../resources';
import type { Action, Plan } from './model';

/** What a type of another provider, or a newer one of AWS, is called when it holds or carries messages. */
const CARRIES =
  /(^|_)(queue|topic|kafka|rabbitmq|mskconnect|msk|mq|sqs|sns|kinesis|firehose|pubsub|servicebus|eventhub|eventbridge|nats|pulsar|stream|event_bus|message|messaging)(_|$)/;
/** A log stream, a video stream and the like carry no messages. */
const OTHERWISE = /log_stream|kinesis_video|image_stream|appstream/;
/** What may read or send them, and is not looked into. */
const RUNS =
  /^(aws_eks_|aws_batch_|aws_apprunner_|kubernetes_(deployment|stateful_set|daemon|cron|job)|helm_release|awscc_(ecs|lambda|eks)_)/;

/** Known well enough: of some only that they are destroyed or replaced. */
function isLookedInto(type: string, action: Action): boolean {
  const about = typeOf(type);
  if (about === undefined || NAMING.test(type)) return false;
  return !/^(awscc_|helm_|confluent_kafka_cluster)/.test(type) || action === 'destroy' || action === 'replace';
}
/** Only whom they belong to is known. */
const NAMING = /^aws_eks_(node_group|fargate_profile)$/;

/** One sentence on what changes in this plan and is of no type that the review knows, as far as it may have to do with messages. */
export function unseenNote({ resources }: Plan): string | undefined {
  const unseen = resources.filter(
    ({ type, action }) =>
      action !== 'nothing' &&
      action !== 'read' &&
      !isLookedInto(type, action) &&
      ((CARRIES.test(type) && !OTHERWISE.test(type)) || RUNS.test(type)),
  );
  if (unseen.length === 0) return undefined;
  const types = [...new Set(unseen.map(({ type }) => type))].sort();
  const count = unseen.length === 1 ? '1 resource' : `${unseen.length} resources`;
  return `${count} of types that this review doesn't know may hold, carry or read messages; look at what happens to them yourself: ${types.join(', ')}.`;
}
