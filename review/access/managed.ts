import type { Statement } from './document';

const allow = (...actions: string[]): Statement => ({
  effect: 'Allow',
  actions: { patterns: actions, negated: false },
  resources: { patterns: ['*'], negated: false },
  principals: { patterns: [], negated: false },
  conditions: [],
});
const allowAllBut = (...actions: string[]): Statement => ({
  ...allow(),
  actions: { patterns: actions, negated: true },
});

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const NETWORK = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:Describe*'];

/**
 * What AWS's own policies allow, as far as messaging needs it (AWS managed policy reference guide). One that is not
 * here may allow anything.
 */
const MANAGED: Readonly<Record<string, readonly Statement[]>> = {
  AdministratorAccess: [allow('*')],
  PowerUserAccess: [allowAllBut('iam:*', 'organizations:*', 'account:*')],
  IAMFullAccess: [allow('iam:*')],
  AWSLambdaBasicExecutionRole: [allow(...LOGS)],
  AWSLambdaVPCAccessExecutionRole: [allow(...LOGS, ...NETWORK)],
  AWSLambdaENIManagementAccess: [allow(...NETWORK)],
  AWSLambdaSQSQueueExecutionRole: [allow('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...LOGS)],
  AWSLambdaKinesisExecutionRole: [
    allow(
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
      'kinesis:ListStreams',
      'kinesis:SubscribeToShard',
      ...LOGS,
    ),
  ],
  AWSLambdaDynamoDBExecutionRole: [
    allow(
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      ...LOGS,
    ),
  ],
  AWSLambdaRole: [allow('lambda:InvokeFunction')],
  AWSXRayDaemonWriteAccess: [allow('xray:*')],
  AmazonSQSFullAccess: [allow('sqs:*')],
  AmazonSNSFullAccess: [allow('sns:*')],
  AmazonKinesisFullAccess: [allow('kinesis:*')],
  AWSStepFunctionsFullAccess: [allow('states:*')],
  CloudWatchLogsFullAccess: [allow('logs:*')],
};

/** The statements of a policy of AWS; undefined for any other, and for one that is not known here. */
export function managedStatements(arn: string): readonly Statement[] | undefined {
  const name = /^arn:[^:]*:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  return name === undefined ? undefined : MANAGED[name];
}
