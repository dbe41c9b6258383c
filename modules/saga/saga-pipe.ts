import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { PipesPipe } from '@cdktf/provider-aws/lib/pipes-pipe';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../lambda-function';
import { account, checkProps, kmsKeyArn, matching, type Rule, region, whole } from '../props';

export interface SagaPipeProps {
  /** Name of the pipe and its role: 1 to 64 letters, digits, dots, hyphens, underscores. */
  readonly pipeName: string;
  /** 12 digits: only this account's pipe may use the role. */
  readonly account: string;
  /** The region that it runs in; for ARNs. */
  readonly region: string;
  /** The queue that orders come from. */
  readonly source: { readonly arn: string };
  /** KMS key of that queue, if it has one of its own. Default: none. */
  readonly kmsKeyArn?: string;
  /** The starter function. It answers with the messages that have to come back (`batchItemFailures`), which a pipe understands. */
  readonly starter: LambdaFunction;
  /** Messages at once: 1 to 10. Default 10. Source: EventBridge guide, "Pipes batching and concurrency". */
  readonly batchSize?: number;
}

const rules: readonly Rule<SagaPipeProps>[] = [
  matching('pipeName', /^[.\w-]{1,64}$/, 'EventBridge takes 1 to 64 letters, digits, dots, hyphens and underscores'),
  account,
  region,
  whole('batchSize', [1, 10], { by: 'a pipe from SQS' }),
  kmsKeyArn,
];

/**
 * Queue → starter → saga by EventBridge Pipes, where a pipe's filters or enrichment are wanted instead of an event source mapping. The pipe calls the starter and not
 * the state machine: a pipe can't name the execution it starts (its target parameters hold the invocation type, nothing else), and without the
 * order's id as its name every delivery of one order would start another saga.
 */
export class SagaPipe extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: SagaPipeProps) {
    super(scope, id);
    checkProps(this.node.path, props, rules);
    const { pipeName, account, region, source, starter, kmsKeyArn } = props;
    const role = new IamRole(this, 'role', {
      name: pipeName,
      description: `Runs the pipe ${pipeName}`,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'pipes.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': account,
                'aws:SourceArn': `arn:aws:pipes:${region}:${account}:pipe/${pipeName}`,
              },
            },
          },
        ],
      }),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: pipeName,
      role: role.name,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
            Resource: [source.arn],
          },
          { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [starter.arn] },
          ...(kmsKeyArn ? [{ Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [kmsKeyArn] }] : []),
        ],
      }),
    });
    this.arn = new PipesPipe(this, 'pipe', {
      name: pipeName,
      roleArn: role.arn,
      source: source.arn,
      sourceParameters: { sqsQueueParameters: { batchSize: props.batchSize ?? 10 } },
      target: starter.arn,
      targetParameters: { lambdaFunctionParameters: { invocationType: 'REQUEST_RESPONSE' } },
      dependsOn: [policy],
    }).arn;
  }
}
