import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import {
  type BrokerToOperate,
  brokerOperations,
  type OperationsRequest,
} from '../../functions/operations/broker-operations/contract';
import { brokerReach } from '../../functions/operations/broker-reach/contract';
import { metricAlarm } from '../alarm';
import type { Broker } from '../broker';
import { type AlarmActions, withDefaults } from '../defaults';
import { LambdaFunction } from '../lambda-function';
import type { Network } from '../network';
import { account, checkProps, kmsKeyArn, logRetentionDays, matching, type Rule, whole } from '../props';
import { acceptFinding } from '../scan';
import { invokeEvery } from '../schedule';

export interface BrokerReachProps {
  /** 1 to 64 letters, digits, hyphens, underscores. */
  readonly functionName: string;
  /** Where the brokers are. */
  readonly network: Network;
  /** Days that logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for logs and environment. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
}

/** The function that knocks at a region's brokers from inside. It calls no AWS service, so it needs neither endpoint nor NAT. */
export function brokerReachFunction(scope: Construct, id: string, props: BrokerReachProps): LambdaFunction {
  const { network, ...rest } = props;
  return new LambdaFunction(scope, id, {
    ...rest,
    contract: brokerReach,
    description: 'Says which instances of a broker answer',
    environment: {},
    timeout: 10,
    memorySize: 256,
    reservedConcurrency: 2,
    vpc: { subnetIds: network.functionSubnetIds, securityGroupIds: [network.functionsSecurityGroupId] },
  });
}

export interface BrokerOperationsProps {
  /**
   * Name of the brokers together; one operator works on them at a time. 1 to 43 letters, digits, hyphens: with
   * `-operations-scheduler` behind it, it is a role's, of at most 64. Source: IAM quotas, "Role name".
   */
  readonly networkName: string;
  /** 12 digits; only this account's schedule may start the function. */
  readonly account: string;
  /** One to five, each with the function that knocks at it from inside. */
  readonly brokers: readonly { readonly broker: Broker; readonly reachFunctionArn: string }[];
  /** Whether a restart that something waits for needs a person's approval. Default `approved`. */
  readonly reboot?: 'automatic' | 'approved';
  /** Whether a replica may take over from a primary that is gone without a person's approval. Default `approved`. */
  readonly failover?: 'automatic' | 'approved';
  /** Seconds that a primary must be gone before: 60 or more. Default 300. */
  readonly failoverAfter?: number;
  /** Minutes between two rounds: 1 to 480. Default 1. An alarm rings after two rounds, and not before five minutes. */
  readonly everyMinutes?: number;
  /** Terraform and the console refuse to delete the ledger. Default true. */
  readonly deletionProtection?: boolean;
  /** Days that logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for ledger, logs, environment and schedule. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

const rules: readonly Rule<BrokerOperationsProps>[] = [
  matching('networkName', /^[A-Za-z0-9-]{1,43}$/, 'it takes 1 to 43 letters, digits and hyphens'),
  account,
  {
    prop: 'brokers',
    holds: ({ brokers }) => brokers.length >= 1 && brokers.length <= 5,
    message: ({ brokers }) =>
      `has ${brokers.length} brokers; one to five fit into the 4 KB that a function's environment has (Lambda quotas)`,
  },
  whole('failoverAfter', [60, Number.POSITIVE_INFINITY], {
    unit: 's',
    because: 'less would take an ordinary restart for a death',
  }),
  whole('everyMinutes', [1, 480], { because: 'an alarm looks at no more than a day' }),
  logRetentionDays,
  kmsKeyArn,
];

/** A replica and its primary: after a switch-over they have changed places. */
function replicatingOf(brokers: readonly Broker[]): string[] {
  const primaries = brokers.map(({ replicaOf }) => replicaOf);
  return brokers
    .filter(({ replicaOf, end }) => replicaOf !== undefined || primaries.includes(end.brokerArn))
    .map(({ end }) => end.brokerArn);
}

/** Looks after brokers: restarts, promotions, and the record of who allowed what. */
export class BrokerOperations extends Construct {
  readonly handler: LambdaFunction<typeof brokerOperations>;
  readonly ledgerTableName: string;

  constructor(scope: Construct, id: string, given: BrokerOperationsProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'networkName');
    checkProps(this.node.path, props, rules, 'BrokerOperationsProps', given);
    const { networkName, account, brokers, kmsKeyArn } = props;
    const functionName = `${networkName}-operations`;
    const ledger = new DynamodbTable(this, 'ledger', {
      name: `${networkName}-ledger`,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'network',
      rangeKey: 'record',
      attribute: [
        { name: 'network', type: 'S' },
        { name: 'record', type: 'S' },
      ],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn },
      deletionProtectionEnabled: props.deletionProtection ?? true,
    });
    if (!kmsKeyArn)
      acceptFinding(ledger, 'CKV_AWS_119', 'Names and times of brokers; pass kmsKeyArn for a key of your own.');

    const operated = brokers.map(
      ({ broker, reachFunctionArn }): BrokerToOperate => ({
        name: broker.end.brokerName,
        region: broker.end.region,
        brokerId: broker.end.brokerId,
        endpoints: [...broker.end.endpoints],
        wants: broker.wants,
        reachFunctionArn,
      }),
    );
    this.handler = new LambdaFunction(this, 'handler', {
      contract: brokerOperations,
      functionName,
      description: `Looks after the brokers of ${networkName}`,
      environment: {
        NETWORK: networkName,
        LEDGER_TABLE: ledger.name,
        BROKERS: JSON.stringify(operated),
        REBOOT: props.reboot ?? 'approved',
        FAILOVER: props.failover ?? 'approved',
        FAILOVER_AFTER_SECONDS: String(props.failoverAfter ?? 300),
      },
      timeout: 50,
      memorySize: 256,
      // One for the schedule, one for a person; the lease lets only one of them work.
      reservedConcurrency: 2,
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn,
    });
    const arns = brokers.map(({ broker }) => broker.end.brokerArn);
    this.handler.grant(['mq:DescribeBroker', 'mq:RebootBroker'], arns);
    const replicating = replicatingOf(brokers.map(({ broker }) => broker));
    if (replicating.length > 0) this.handler.grant(['mq:Promote'], replicating);
    this.handler.grant(
      ['lambda:InvokeFunction'],
      brokers.map(({ reachFunctionArn }) => reachFunctionArn),
    );
    this.handler.grant(
      ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'],
      [ledger.arn],
    );
    if (kmsKeyArn) this.handler.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [kmsKeyArn]);
    invokeEvery(this, this.handler, {
      name: functionName,
      description: `Compares the brokers of ${networkName} with what is wanted`,
      minutes: props.everyMinutes ?? 1,
      input: { operation: 'broker-operations' } satisfies OperationsRequest,
      account,
      kmsKeyArn,
      runbook: 'broker-down',
      alarmActions: props.alarmActions,
    });
    this.alarms(functionName, props);
    this.ledgerTableName = ledger.name;
  }

  private alarms(name: string, { networkName, alarmActions, everyMinutes = 1 }: BrokerOperationsProps): void {
    for (const [metricName, treatMissingData, alarmDescription] of [
      // No round, no metric: an operator that doesn't work is no better than a broker that doesn't.
      [
        ...['BrokersUnhealthy', 'breaching'],
        'A broker of the network is not running, nobody answers for it, or nobody looks after it. Runbook: broker-down.',
      ],
      ['BrokersDrifted', 'notBreaching', 'A broker runs something else than Terraform wants. Runbook: broker-restart.'],
      [
        ...['BrokersWaitingForApproval', 'notBreaching'],
        'Broker operations would restart or promote a broker and wait for a person. Runbook: broker-restart.',
      ],
    ] as const) {
      metricAlarm(this, metricName, {
        alarmName: `${name}-${metricName}`,
        alarmDescription,
        namespace: 'Spillway',
        metricName,
        dimensions: { service: brokerOperations.name, network: networkName },
        statistic: 'Maximum',
        // One round in each: a shorter one would be empty in between.
        period: everyMinutes * 60,
        // Longer than an ordinary restart, and more than one round.
        evaluationPeriods: Math.max(2, Math.ceil(5 / everyMinutes)),
        treatMissingData,
        alarmActions,
      });
    }
  }
}
