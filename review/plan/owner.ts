import { remembered } from './remembered';

/** Their `arn` is, or begins with, that of something else, which may be in another account or region. */
const ARN_OF_ANOTHER = new Set([
  'aws_cloudwatch_event_target',
  'aws_sns_topic_subscription',
  'aws_sns_topic_policy',
  'aws_sns_topic_data_protection_policy',
  'aws_dynamodb_resource_policy',
]);

interface Owner {
  readonly account?: string;
  readonly region?: string;
}

/** By the beginning of an ARN, up to the account: a plan has few of these, and asks of each resource. */
const known = new Map<string, Owner>();

/** Where a resource is by its own ARN; nothing when it has none, or only somebody else's. */
export function ownPlace(type: string, arn: unknown): Owner | undefined {
  if (typeof arn !== 'string' || ARN_OF_ANOTHER.has(type)) return undefined;
  let end = -1;
  for (let colons = 0; colons < 5; colons++) {
    end = arn.indexOf(':', end + 1);
    if (end < 0) return placeIn(arn);
  }
  const beginning = arn.slice(0, end);
  return remembered(known, beginning, () => placeIn(beginning));
}

function placeIn(arn: string): Owner {
  const [, , , region, account] = arn.split(':');
  return { ...(region ? { region } : {}), ...(account && /^\d{12}$/.test(account) ? { account } : {}) };
}
