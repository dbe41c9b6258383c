import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { logGroup } from '../log-group';
import type { NetworkProps } from './props';

/** Who talked to whom: the VPC's flow logs in CloudWatch, written by a role that this account's flow logs alone may take. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, props: NetworkProps & { readonly vpcId: string }) {
    super(scope, id);
    const { name, region, account, vpcId, kmsKeyArn, flowLogRetentionDays = 365 } = props;
    const logs = logGroup(this, 'logs', { name: `/aws/vpc/${name}`, retentionDays: flowLogRetentionDays, kmsKeyArn });
    const role = new IamRole(this, 'role', {
      name: `${name}-flow-logs-${region}`,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': account } },
          },
        ],
      }),
    });
    new IamRolePolicy(this, 'policy', {
      name: 'write',
      role: role.name,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
            Resource: [logs.arn, `${logs.arn}:*`],
          },
          // Of all that there are: what names one finds none. Source of the list: VPC guide, "IAM role for publishing flow logs to CloudWatch Logs".
          {
            Effect: 'Allow',
            Action: ['logs:DescribeLogGroups'],
            Resource: [`arn:aws:logs:${region}:${account}:log-group:*`],
          },
        ],
      }),
    });
    new FlowLog(this, 'flow-log', {
      vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: logs.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 60,
    });
  }
}
