import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { Construct } from 'constructs';
import { logGroup } from '../log-group';
import { ServiceRole } from '../role';
import type { NetworkProps } from './props';

/** Who talked to whom: the VPC's flow logs in CloudWatch, written by a role that this account's flow logs alone may take. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, props: NetworkProps & { readonly vpcId: string }) {
    super(scope, id);
    const { name, region, account, vpcId, kmsKeyArn, flowLogRetentionDays } = props;
    const logs = logGroup(this, 'logs', { name: `/aws/vpc/${name}`, retentionDays: flowLogRetentionDays, kmsKeyArn });
    const role = new ServiceRole(this, 'role', {
      name: `${name}-flow-logs-${region}`,
      service: 'vpc-flow-logs.amazonaws.com',
      condition: { StringEquals: { 'aws:SourceAccount': account } },
    });
    role.allow(
      'policy',
      'write',
      JSON.stringify({
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
    );
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
