import { PipesPipe, type PipesPipeTargetParameters } from '@cdktf/provider-aws/lib/pipes-pipe';
import { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import { checkProps } from '../props';
import { ServiceRole } from '../role';
import { type PipeProps, type PipeTarget, rules } from './props';

/** What is reached, what the pipe's role needs for it, and how the pipe is told. */
function leading(target: PipeTarget): {
  readonly arn: string;
  readonly allowed: readonly (readonly [action: string | readonly string[], resource: string])[];
  readonly parameters: PipesPipeTargetParameters;
} {
  if ('handler' in target)
    return {
      arn: target.handler.arn,
      allowed: [['lambda:InvokeFunction', target.handler.arn]],
      parameters: { lambdaFunctionParameters: { invocationType: 'REQUEST_RESPONSE' } },
    };
  if ('stateMachineArn' in target)
    return {
      arn: target.stateMachineArn,
      allowed: [['states:StartExecution', target.stateMachineArn]],
      parameters: { stepFunctionStateMachineParameters: { invocationType: 'FIRE_AND_FORGET' } },
    };
  if ('queue' in target) {
    const { arn, kmsKeyArn } = target.queue;
    return {
      arn,
      allowed: [
        ['sqs:SendMessage', arn],
        ...(kmsKeyArn ? [[['kms:GenerateDataKey', 'kms:Decrypt'], kmsKeyArn] as const] : []),
      ],
      parameters: { sqsQueueParameters: { messageGroupId: target.messageGroupId } },
    };
  }
  const { busArn, detailType, source } = target;
  return {
    arn: busArn,
    allowed: [['events:PutEvents', busArn]],
    parameters: { eventbridgeEventBusParameters: { detailType, source } },
  };
}

/** Queue → filter → enrichment → target by EventBridge Pipes, where that replaces a function which only passes messages on. */
export class Pipe extends Construct {
  readonly arn: string;
  /** What whoever stops and starts the pipe has to name. */
  readonly pipeName: string;
  /** A circuit breaker may stop the pipe: Terraform leaves that alone. */
  readonly switchedAtRunTime: boolean;

  constructor(scope: Construct, id: string, given: PipeProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'pipeName');
    checkProps(this.node.path, props, rules, 'PipeProps', given);
    const { pipeName, account, region, source, enrichment, kmsKeyArn, filterPatterns } = props;
    this.switchedAtRunTime = props.switchedAtRunTime ?? false;
    const { arn: target, allowed, parameters } = leading(props.target);
    const role = new ServiceRole(this, 'role', {
      name: pipeName,
      description: `Runs the pipe ${pipeName}`,
      service: 'pipes.amazonaws.com',
      condition: {
        StringEquals: {
          'aws:SourceAccount': account,
          'aws:SourceArn': `arn:aws:pipes:${region}:${account}:pipe/${pipeName}`,
        },
      },
      role: props.role,
    });
    const statement = (action: string | readonly string[], resource: string) => ({
      Effect: 'Allow',
      Action: [action].flat(),
      Resource: [resource],
    });
    role.allow(
      'policy',
      pipeName,
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          statement(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], source.arn),
          ...allowed.map(([action, resource]) => statement(action, resource)),
          ...(kmsKeyArn ? [statement('kms:Decrypt', kmsKeyArn)] : []),
          ...(enrichment ? [statement('lambda:InvokeFunction', enrichment.arn)] : []),
        ],
      }),
    );
    const pipe = new PipesPipe(this, 'pipe', {
      name: pipeName,
      roleArn: role.arn,
      source: source.arn,
      sourceParameters: {
        sqsQueueParameters: {
          batchSize: props.batchSize ?? 10,
          maximumBatchingWindowInSeconds: props.batchingWindow,
        },
        filterCriteria: filterPatterns && {
          filter: filterPatterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
        },
      },
      enrichment: enrichment?.arn,
      target,
      targetParameters: parameters,
      ...(this.switchedAtRunTime && { desiredState: 'RUNNING', lifecycle: { ignoreChanges: ['desired_state'] } }),
      dependsOn: role.policies,
    });
    this.arn = pipe.arn;
    this.pipeName = pipeName;
  }
}
