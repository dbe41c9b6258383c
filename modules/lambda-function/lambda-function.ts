import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { LambdaFunction as AwsLambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { AssetType, Lazy, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { FunctionContract } from '../../functions/contract';
import { logGroup } from '../log-group';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import { findBundle } from './bundle';
import type { Grantee, Invocable } from './grantee';
import { type LambdaFunctionProps, rules } from './props';

/** The one runtime that every function targets. */
export const RUNTIME = 'nodejs24.x';

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Record<string, Record<string, string>>;
}

/** A function with a contract, with its log group and a role that may do exactly what it was granted. */
export class LambdaFunction<Contract extends FunctionContract = FunctionContract>
  extends Construct
  implements Invocable
{
  readonly arn: string;
  readonly functionName: string;
  /** Seconds; what a queue's visibility timeout is checked against. */
  readonly timeout: number;
  readonly reservedConcurrency: number | undefined;
  readonly roleArn: string;
  readonly logGroupName: string;
  private readonly statements: Statement[] = [];

  /** The name as text: `functionName` refers to the function, so that what uses it waits for it. */
  private readonly plainName: string;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps<Contract>) {
    super(scope, id);
    checkProps(this.node.path, props as LambdaFunctionProps, rules);
    const {
      contract,
      functionName,
      description,
      environment,
      timeout = 30,
      memorySize = 512,
      kmsKeyArn,
      vpc,
      onFailure,
    } = props;
    const bundle = findBundle(contract.name, props.bundle);

    const logs = logGroup(this, 'logs', {
      name: `/aws/lambda/${functionName}`,
      retentionDays: props.logRetentionDays,
      kmsKeyArn,
    });
    this.grant(['logs:CreateLogStream', 'logs:PutLogEvents'], [`${logs.arn}:*`]);
    this.grant(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);
    if (vpc) {
      this.grant(['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface'], ['*']);
    }
    if (onFailure) this.grant(['sqs:SendMessage'], [onFailure.queueArn]);
    if (kmsKeyArn) this.grant(['kms:Decrypt'], [kmsKeyArn]);

    const role = new IamRole(this, 'role', {
      name: functionName,
      description: `Runs ${functionName}`,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      }),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: functionName,
      role: role.name,
      policy: Lazy.stringValue({
        produce: () => JSON.stringify({ Version: '2012-10-17', Statement: this.statements }),
      }),
    });

    const archive = new TerraformAsset(this, 'archive', { path: bundle.path, type: AssetType.FILE });
    const lambda = new AwsLambdaFunction(this, 'function', {
      functionName,
      description,
      role: role.arn,
      runtime: RUNTIME,
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: archive.path,
      sourceCodeHash: bundle.hash,
      timeout,
      memorySize,
      reservedConcurrentExecutions: props.reservedConcurrency,
      kmsKeyArn,
      environment: {
        variables: { ...environment, POWERTOOLS_SERVICE_NAME: contract.name },
      },
      tracingConfig: { mode: 'Active' },
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      vpcConfig: vpc && { subnetIds: vpc.subnetIds, securityGroupIds: vpc.securityGroupIds },
      dependsOn: [policy],
    });
    acceptFinding(
      lambda,
      'CKV_AWS_272',
      'Code signing needs a signing profile of the account; the archive is pinned by source_code_hash.',
    );
    acceptFinding(
      lambda,
      'CKV_AWS_116',
      'Failures are handled by the source queue, or by onFailure where the invocation is asynchronous.',
    );
    if (!vpc)
      acceptFinding(
        lambda,
        'CKV_AWS_117',
        'It calls only AWS APIs and public endpoints; a VPC would add a failure mode and no protection.',
      );
    if (!kmsKeyArn) acceptFinding(lambda, 'CKV_AWS_173', 'Its environment holds no secret: names, URLs and ARNs only.');
    if (props.reservedConcurrency === undefined)
      acceptFinding(lambda, 'CKV_AWS_115', 'Not fed by a queue; the account pool is the limit.');

    if (onFailure) {
      new LambdaFunctionEventInvokeConfig(this, 'asynchronous', {
        functionName: lambda.functionName,
        maximumEventAgeInSeconds: onFailure.maximumEventAge ?? 3600,
        maximumRetryAttempts: onFailure.maximumRetryAttempts ?? 2,
        destinationConfig: { onFailure: { destination: onFailure.queueArn } },
      });
    }
    this.arn = lambda.arn;
    this.functionName = lambda.functionName;
    this.plainName = functionName;
    this.timeout = timeout;
    this.reservedConcurrency = props.reservedConcurrency;
    this.roleArn = role.arn;
    this.logGroupName = logs.name;
  }

  grant(
    actions: readonly string[],
    resources: readonly string[],
    condition?: Record<string, Record<string, string>>,
  ): void {
    this.statements.push({
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(condition && { Condition: condition }),
    });
  }

  /** Rings when the function itself has failed in three of five minutes. `what`: what that means, for whoever is woken. */
  alarmWhenFailing(what: string, alarmActions: string[] | undefined): void {
    new CloudwatchMetricAlarm(this, 'failing', {
      alarmName: `${this.plainName}-failing`,
      alarmDescription: what,
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: { FunctionName: this.functionName },
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      treatMissingData: 'notBreaching',
      alarmActions,
      okActions: alarmActions,
    });
  }

  /** Lets somebody invoke this function by its ARN (Scheduler, Step Functions, another function). */
  grantInvoke(grantee: Grantee): void {
    grantee.grant(['lambda:InvokeFunction'], [this.arn]);
  }

  /**
   * Lets an AWS service invoke this function, only on behalf of one resource.
   *
   * @param service for example `events.amazonaws.com`
   * @param sourceArn the rule, API or topic that may; never left out, or any account's could
   */
  allowInvocationBy(id: string, service: string, sourceArn: string): void {
    new LambdaPermission(this, id, {
      functionName: this.functionName,
      action: 'lambda:InvokeFunction',
      principal: service,
      sourceArn,
    });
  }
}
