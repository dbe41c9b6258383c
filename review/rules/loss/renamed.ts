import { resourceOfTarget } from '../../graph/graph';
import { grouped } from '../../graph/grouped';
import type { Messaging } from '../../graph/messaging';
import { renames } from '../../graph/renames';
import { read, type Side } from '../../graph/side';
import { HOLDERS, nameOf } from '../../graph/stateful';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { Draft, Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/renamed',
  severity: 'critical',
  title: 'Renamed without a moved block, so destroyed and made anew, empty',
  *check({ graph }) {
    for (const { from, to } of renames(graph)) {
      const holder = HOLDERS[from.type];
      if (!holder) continue;
      const queue = from.type === 'aws_sqs_queue';
      yield {
        ...moved(from, to),
        severity: holder.severity,
        why:
          `It is the same ${from.type} (${nameOf(from)}) at a new address, but Terraform was not told, so it destroys the old one and loses ${holder.lost}.` +
          (queue
            ? ' Nothing orders the two: a create that comes first finds the old queue and the destroy then takes it away, and SQS refuses a name for 60 s after its deletion.'
            : ''),
      };
    }
    for (const [type, { identity, created }] of Object.entries(SETTINGS)) {
      const made = grouped(graph.ofType(type), (resource) =>
        resource.action === 'create' ? identityOf(graph, resource, 'after', identity) : undefined,
      );
      for (const from of graph.ofType(type)) {
        const same = from.action === 'destroy' ? identityOf(graph, from, 'before', identity) : undefined;
        const to = same === undefined ? undefined : made.get(same)?.find((other) => !graph.apart(other, from));
        if (!to) continue;
        yield {
          ...moved(from, to),
          title: 'Renamed without a moved block: nothing orders its end and its beginning',
          severity: created === 'over it' ? 'high' : 'medium',
          why:
            created === 'over it'
              ? `AWS knows no addresses: it is one ${from.type}. If it is made first, that only writes it again, and the destroy that follows takes it away for good; if it is destroyed first, it is missing in between. Nothing shows which of the two it was.`
              : `AWS knows no addresses: it is one ${from.type}. If it is made first, AWS refuses a second one and the apply stops half-way; if it is destroyed first, it is missing in between.`,
        };
      }
    }
  },
};

const moved = (from: Resource, to: Resource): Omit<Draft, 'why'> => ({
  resource: from,
  before: from.address,
  after: to.address,
  action: `Write this beside it; the plan must then show no change to it:\n\`moved {\n  from = ${from.address}\n  to   = ${to.address}\n}\``,
});

/** What makes a setting the one that it is in AWS, and what becomes of a second one that is made beside the first. */
interface Setting {
  readonly identity: readonly string[];
  readonly created: 'over it' | 'refused';
}
const SETTINGS: Readonly<Record<string, Setting>> = {
  aws_sns_topic_subscription: { identity: ['topic_arn', 'protocol', 'endpoint'], created: 'over it' },
  aws_cloudwatch_event_target: { identity: ['event_bus_name?', 'rule', 'target_id'], created: 'over it' },
  aws_cloudwatch_event_rule: { identity: ['event_bus_name?', 'name'], created: 'over it' },
  aws_sqs_queue_policy: { identity: ['queue_url'], created: 'over it' },
  aws_sqs_queue_redrive_policy: { identity: ['queue_url'], created: 'over it' },
  aws_sqs_queue_redrive_allow_policy: { identity: ['queue_url'], created: 'over it' },
  aws_sns_topic_policy: { identity: ['arn'], created: 'over it' },
  aws_s3_bucket_notification: { identity: ['bucket'], created: 'over it' },
  aws_s3_bucket_policy: { identity: ['bucket'], created: 'over it' },
  aws_iam_role_policy: { identity: ['role', 'name'], created: 'over it' },
  aws_iam_role_policy_attachment: { identity: ['role', 'policy_arn'], created: 'over it' },
  aws_kms_key_policy: { identity: ['key_id'], created: 'over it' },
  aws_lambda_function_event_invoke_config: { identity: ['function_name'], created: 'over it' },
  aws_cloudwatch_metric_alarm: { identity: ['alarm_name'], created: 'over it' },
  aws_lambda_event_source_mapping: { identity: ['event_source_arn', 'function_name'], created: 'refused' },
  aws_lambda_permission: { identity: ['function_name', 'statement_id'], created: 'refused' },
  aws_lambda_function: { identity: ['function_name'], created: 'refused' },
  aws_lambda_alias: { identity: ['function_name', 'name'], created: 'refused' },
  aws_kms_alias: { identity: ['name'], created: 'refused' },
  aws_pipes_pipe: { identity: ['name'], created: 'refused' },
  aws_scheduler_schedule: { identity: ['group_name?', 'name'], created: 'refused' },
};

const OWNERS = [
  'aws_sns_topic',
  'aws_sqs_queue',
  'aws_lambda_function',
  'aws_cloudwatch_event_rule',
  'aws_cloudwatch_event_bus',
  'aws_s3_bucket',
  'aws_iam_role',
  'aws_iam_policy',
  'aws_kms_key',
  'aws_kinesis_stream',
  'aws_dynamodb_table',
];

/** Undefined while a part of it is not known. A part that is optional is marked with a question mark. */
function identityOf(graph: Messaging, resource: Resource, side: Side, parts: readonly string[]): string | undefined {
  const texts = parts.map((part) => {
    const path = part.replace('?', '');
    const text = textOf(read(resource, side, path));
    // What it belongs to may be named by an ARN here and by a name there, or not be known yet.
    const owner = OWN_NAMES.has(path) ? undefined : resourceOfTarget(graph.follow(resource, side, path, OWNERS));
    return owner?.address ?? text ?? (part.endsWith('?') ? '' : undefined);
  });
  return texts.includes(undefined) ? undefined : texts.join(' ');
}
const OWN_NAMES = new Set(['name', 'alarm_name', 'target_id', 'statement_id', 'protocol']);
