import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import type { Grantee, LambdaFunction } from '../lambda-function';
import { deliveredLogs, executionHistory, logGroup } from '../log-group';
import { ServiceRole } from '../role';
import { recoveryDefinition } from './recovery-definition';

export interface RecoveryMachineProps {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Decides what each look comes to. */
  readonly recover: LambdaFunction;
  /** What it asks. */
  readonly canaryArns: readonly string[];
  readonly logRetentionDays: number;
  readonly kmsKeyArn: string | undefined;
}

/** The state machine that brings a dependency back. Standard: it waits for free, for up to a year, and one execution a name runs. */
export class RecoveryMachine extends Construct {
  readonly arn: string;
  private readonly executions: string;

  constructor(scope: Construct, id: string, props: RecoveryMachineProps) {
    super(scope, id);
    const { name, account, region, kmsKeyArn, logRetentionDays, recover } = props;
    const logs = logGroup(this, 'logs', {
      name: deliveredLogs('states', name),
      retentionDays: logRetentionDays,
      kmsKeyArn,
    });

    // Written out, not referred to: a machine that starts itself can't wait for its own ARN.
    const ownArn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
    const role = new ServiceRole(this, 'role', {
      name,
      description: `Runs the recovery ${name}`,
      service: 'states.amazonaws.com',
      condition: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': ownArn } },
    });
    const allow = (Action: readonly string[], Resource: readonly string[]) => ({ Effect: 'Allow', Action, Resource });
    role.allow(
      'policy',
      name,
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          allow(['lambda:InvokeFunction'], [recover.arn, ...props.canaryArns]),
          allow(['states:StartExecution'], [ownArn]),
          ...executionHistory(logs.arn).map(({ actions, resources }) => allow(actions, resources)),
          ...(kmsKeyArn ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [kmsKeyArn])] : []),
        ],
      }),
    );
    const machine = new SfnStateMachine(this, 'machine', {
      name,
      type: 'STANDARD',
      roleArn: role.arn,
      definition: JSON.stringify(recoveryDefinition({ recoverArn: recover.arn })),
      loggingConfiguration: { level: 'ALL', includeExecutionData: true, logDestination: `${logs.arn}:*` },
      tracingConfiguration: { enabled: true },
      ...(kmsKeyArn && {
        encryptionConfiguration: {
          type: 'CUSTOMER_MANAGED_KMS_KEY',
          kmsKeyId: kmsKeyArn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
      }),
      dependsOn: role.policies,
    });
    this.arn = machine.arn;
    this.executions = `arn:aws:states:${region}:${account}:execution:${name}:*`;
  }

  /** Starting a recovery, and seeing whether one of that name still runs. */
  grantStart(grantee: Grantee): void {
    grantee.grant(['states:StartExecution'], [this.arn]);
    grantee.grant(['states:DescribeExecution'], [this.executions]);
  }
}
