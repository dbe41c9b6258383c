/** Their `arn` is, or begins with, that of something else, which may be in another account or region. */
const ARN_OF_ANOTHER = new Set([
  'aws_cloudwatch_event_target',
  'aws_sns_topic_subscription',
  'aws_sns_topic_policy',
  'aws_sns_topic_data_protection_policy',
  'aws_dynamodb_resource_policy',
]);

/** Where a resource is by its own ARN; nothing when it has none, or only somebody else's. */
export function ownPlace(type: string, arn: unknown): { account?: string; region?: string } | undefined {
  if (typeof arn !== 'string' || ARN_OF_ANOTHER.has(type)) return undefined;
  const [, , , region, account] = arn.split(':');
  return { ...(region ? { region } : {}), ...(account && /^\d{12}$/.test(account) ? { account } : {}) };
}
