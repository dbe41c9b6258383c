import { LambdaFunction as AwsLambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { AssetType, Lazy, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { type FunctionContract, METRICS_NAMESPACE } from '../../functions/runtime/contract';
import { type AlarmActions, withDefaults } from '../defaults';
import { encryptedQueue, MAXIMUM_RETENTION_SECONDS } from '../encrypted-queue';
import { logGroup } from '../log-group';
import { checkProps } from '../props';
import { ServiceRole } from '../role';
import { acceptFinding } from '../scan';
import { type FunctionAlarm, failing, functionAlarm } from './alarm';
import { findBundle } from './bundle';
import type { Grantee, Invocable } from './grantee';
import { type LambdaFunctionProps, rules } from './props';
import { acceptToLambdaAlone, type Statement, toLambdaAlone } from './statement';

/** The one runtime that every function targets. */
export const RUNTIME = 'nodejs24.x';

/** What Lambda does for a function in a VPC, in the name of its role. Source: AWS managed policy reference, "AWSLambdaVPCAccessExecutionRole". */
const IN_A_VPC = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

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
  /** None: the function itself waits for its policy. */
  readonly policies = [];
  readonly roleArn: string;
  /** `undefined`: of a role that is there already and whose policies are somebody else's. */
  readonly roleName: string | undefined;
  /** What its role has to allow, as JSON: for a role that is somebody else's. */
  readonly policyDocument: string;
  private readonly role: ServiceRole;
  readonly logGroupName: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  private readonly statements: Statement[] = [];

  /** The name as text: `functionName` refers to the function, so that what uses it waits for it. */
  private readonly plainName: string;
  private readonly serviceName: string;
  private readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, given: LambdaFunctionProps<Contract>) {
    super(scope, id);
    const props = withDefaults(this, given, 'functionName');
    checkProps(this.node.path, props as LambdaFunctionProps, rules, 'LambdaFunctionProps', given);
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

    const logs =
      props.logGroup ??
      logGroup(this, 'logs', {
        name: `/aws/lambda/${functionName}`,
        retentionDays: props.logRetentionDays,
        kmsKeyArn,
      });
    this.grant(['logs:CreateLogStream', 'logs:PutLogEvents'], [`${logs.arn}:*`]);
    this.grant(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);
    if (kmsKeyArn) this.grant(['kms:Decrypt'], [kmsKeyArn]);

    const role = new ServiceRole(this, 'role', {
      name: functionName,
      description: `Runs ${functionName}`,
      service: 'lambda.amazonaws.com',
      role: props.role,
    });
    this.policyDocument = Lazy.stringValue({
      produce: () => JSON.stringify({ Version: '2012-10-17', Statement: this.statements }),
    });
    role.allow('policy', functionName, this.policyDocument);
    this.role = role;
    this.plainName = functionName;
    if (vpc) this.grantToLambda(IN_A_VPC);

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
        variables: {
          ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)),
          POWERTOOLS_SERVICE_NAME: contract.name,
        },
      },
      tracingConfig: { mode: 'Active' },
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      vpcConfig: vpc && { subnetIds: vpc.subnetIds, securityGroupIds: vpc.securityGroupIds },
      dependsOn: role.policies,
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

    this.environment = environment as Readonly<Record<string, string | undefined>>;
    this.arn = lambda.arn;
    this.functionName = lambda.functionName;
    this.serviceName = contract.name;
    this.kmsKeyArn = kmsKeyArn;
    this.timeout = timeout;
    this.reservedConcurrency = props.reservedConcurrency;
    this.roleArn = role.arn;
    this.roleName = role.name;
    this.logGroupName = logs.name;
    if (onFailure) this.asynchronous(onFailure);
  }

  private asynchronous({ queue, maximumEventAge, maximumRetryAttempts }: Required<LambdaFunctionProps>['onFailure']) {
    this.grant(['sqs:SendMessage'], [queue.arn]);
    // Source: SQS guide, "Key management": who sends to an encrypted queue needs both.
    if (queue.kmsKeyArn) this.grant(['kms:GenerateDataKey', 'kms:Decrypt'], [queue.kmsKeyArn]);
    new LambdaFunctionEventInvokeConfig(this, 'asynchronous', {
      functionName: this.functionName,
      maximumEventAgeInSeconds: maximumEventAge ?? 3600,
      maximumRetryAttempts: maximumRetryAttempts ?? 2,
      destinationConfig: { onFailure: { destination: queue.arn } },
    });
  }

  /**
   * For a function that is started without waiting, by a schedule or by itself, and whose next run starts from what is: a run that fails is not repeated, and one that can't begin
   * within a minute is dropped. Lambda by itself repeats a failed one twice and keeps a throttled one for six hours. What is dropped is kept in `<name>-failures`, which rings.
   * Source: Lambda guide, "How Lambda handles errors and retries with asynchronous invocation".
   *
   * @param runbook the page for whoever is woken
   */
  neverRepeat(runbook: string, alarmActions: AlarmActions | undefined): void {
    const queue = encryptedQueue(this, 'failures-queue', {
      name: `${this.plainName}-failures`,
      messageRetentionSeconds: MAXIMUM_RETENTION_SECONDS,
      kmsKeyArn: this.kmsKeyArn,
    });
    this.asynchronous({ queue, maximumEventAge: 60, maximumRetryAttempts: 0 });
    const description = `A run that nobody waited for failed, or was dropped because the function was throttled or switched off. Look at it, then delete it: it is not repeated. Runbook: ${runbook}.`;
    this.alarm(
      'failures',
      {
        ...{ namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible', description },
        ...{ dimensions: { QueueName: queue.name }, minutes: { bad: 1, of: 1 } },
      },
      alarmActions,
    );
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

  grantToLambda(actions: readonly string[]): void {
    this.statements.push(...toLambdaAlone(this.plainName, actions));
    for (const policy of this.role.policies) acceptToLambdaAlone(policy);
  }

  /** Rings when the function itself has failed in three of five minutes. `what`: what that means, for whoever is woken. */
  alarmWhenFailing(what: string, alarmActions: AlarmActions | undefined): void {
    this.alarm('failing', failing(this.functionName, what), alarmActions);
  }

  /** An alarm on a metric that the function itself writes. */
  alarmOnOwnMetric(
    id: string,
    {
      dimensions,
      ...alarm
    }: Omit<FunctionAlarm, 'namespace' | 'dimensions'> & Partial<Pick<FunctionAlarm, 'dimensions'>>,
    alarmActions: AlarmActions | undefined,
  ): void {
    const mine = { service: this.serviceName, function_name: this.functionName, ...dimensions };
    this.alarm(id, { namespace: METRICS_NAMESPACE, dimensions: mine, ...alarm }, alarmActions);
  }

  private alarm(id: string, alarm: FunctionAlarm, alarmActions: AlarmActions | undefined): void {
    functionAlarm(this, id, this.plainName, alarm, alarmActions);
  }

  /** Lets the function start another run of itself. A policy of its own: in the one that the function waits for, its ARN would make a circle. */
  grantInvokeItself(): void {
    const Statement = [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [this.arn] }];
    this.role.allow('itself', 'itself', JSON.stringify({ Version: '2012-10-17', Statement }));
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
