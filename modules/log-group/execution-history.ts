interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * What the role of a state machine needs to log its executions and to trace them. Sources: Step Functions guide, "Using CloudWatch Logs to log execution history", and "Trace Step Functions request data in AWS X-Ray".
 *
 * @param logsArn of the log group that it logs to
 */
export const executionHistory = (logsArn: string): readonly Allowed[] => [
  { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logsArn}:*`] },
  {
    // None of these takes a resource.
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ],
    resources: ['*'],
  },
];
