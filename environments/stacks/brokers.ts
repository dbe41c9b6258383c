import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { TerraformOutput, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { brokerOrderConsumer } from '../../functions/shop/broker-order-consumer/contract';
import { Broker, BrokerLogs, type BrokerUser, brokerWidgets, grantQueues } from '../../modules/broker';
import { BrokerConsumer, type BrokerConsumerProps } from '../../modules/broker-consumer';
import { BrokerOperations, brokerReachFunction, connectorOf, type Link, linksOf } from '../../modules/broker-network';
import { EncryptionKey } from '../../modules/encryption-key';
import type { LambdaFunction } from '../../modules/lambda-function';
import type { Ledger } from '../../modules/ledger';
import type { Network } from '../../modules/network';
import type { TieredQueue } from '../../modules/tiered-queue';
import type { EnvironmentSettings } from '../settings';
import type { BrokersSettings } from '../settings/brokers';
import { EnvironmentStack } from './environment-stack';
import { LinkStack, NetworkStack } from './network';
import type { PaymentSystem } from './shop/payment';

/** What a shop lends to the broker's consumer of its region: tiers, books, the payment system and what guards it. */
export interface ShopOfRegion {
  readonly tiers: TieredQueue;
  readonly ledger: Ledger;
  readonly canary?: LambdaFunction | undefined;
  readonly payment: PaymentSystem;
  readonly breaker?: BrokerConsumerProps['breaker'];
}

interface Place {
  readonly region: string;
  readonly network: Network;
  /** Bridges that this region dials, with what says the addresses of who answers. */
  readonly dials: readonly { readonly link: Link; readonly stack: LinkStack }[];
  readonly shop?: ShopOfRegion;
}

/** A region's broker pair, with its alarms and, where there is a shop, the consumer that takes its orders from it. */
export class BrokersStack extends EnvironmentStack {
  readonly broker: Broker;
  readonly reach: LambdaFunction;
  readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, settings: EnvironmentSettings, brokers: BrokersSettings, place: Place) {
    const { region, network, dials, shop } = place;
    super(scope, settings, region, 'brokers');
    const { account, logRetentionDays, ownKey, deletionProtection } = settings;
    const name = `${settings.name}-${region}-broker`;
    const kmsKeyArn = ownKey ? new EncryptionKey(this, 'key', { keyName: name, account, region }).arn : undefined;
    const alarmActions = this.alarmActions(`${name}-alarms`, kmsKeyArn);
    const window = brokers.regions[region]?.maintenance;
    if (!window) throw new RangeError(`no broker settings for ${region}`);
    const { applications, bridges } = brokers.users;
    // The first of each is the one that is used.
    const [{ username: application } = { username: '' }] = applications;
    const [{ username: bridge } = { username: '' }] = bridges;

    this.broker = new Broker(this, 'broker', {
      brokerName: name,
      ...{ region, account, kmsKeyArn, alarmActions, deletionProtection },
      subnetIds: network.brokerSubnetIds.slice(0, 2),
      securityGroupIds: [network.brokersSecurityGroupId],
      engineVersion: brokers.engineVersion,
      instanceType: brokers.instanceType,
      maintenanceWindow: window,
      users: [
        ...applications.map((user) => this.user(user, 'applications')),
        ...bridges.map((user) => this.user(user, 'bridges')),
      ],
      watchedQueues: brokers.queues.map(({ queue }) => queue).filter((queue) => !/[*>]/.test(queue)),
      configuration: {
        networked: true,
        queues: brokers.queues.map(({ queue, maximumRedeliveries, initialDelayMs, maximumDelayMs, prefetch }) => ({
          queue,
          prefetch,
          redelivery: { maximumRedeliveries, initialDelay: initialDelayMs, maximumDelay: maximumDelayMs },
        })),
        networkConnectors: dials.map(({ link, stack }) => connectorOf(link, this.endpointsOf(link, stack), bridge)),
        authorization: grantQueues({ queues: brokers.queues, applications: 'applications', bridges: 'bridges' }),
      },
    });
    this.kmsKeyArn = kmsKeyArn;
    this.reach = brokerReachFunction(this, 'reach', {
      functionName: `${name}-reach`,
      network,
      logRetentionDays,
      kmsKeyArn,
    });
    if (shop) {
      const { tiers, ledger, canary, breaker, payment } = shop;
      const { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn } = payment;
      const consumer = new BrokerConsumer(this, 'consumer', {
        contract: brokerOrderConsumer,
        environment: { PAYMENT_URL: paymentUrl, PAYMENT_SECRET_ARN: paymentSecretArn },
        ...(paymentSecretArn && { secrets: [{ arn: paymentSecretArn, kmsKeyArn: paymentSecretKmsKeyArn }] }),
        source: { engine: 'activemq', broker: this.broker, username: application },
        queueName: brokers.queues[0]?.queue ?? 'orders',
        functionName: `${name}-consumer`,
        ...{ tiers, ledger, canary, breaker, logRetentionDays, kmsKeyArn, alarmActions },
      });
      this.output('dead_letters_mapping_uuid', consumer.deadLettersMappingUuid);
    }
    this.output('broker_id', this.broker.end.brokerId);
    this.output('application_secret_arn', this.broker.secretArn(application));
    this.output('needs_restart', this.broker.restartNotice);
  }

  /** Read in this region, and not from the other one's state: that may be lost with its region when this broker has to be changed. */
  private endpointsOf({ answers }: Link, stack: LinkStack): string[] {
    // A bridge needs no peering to be configured, but it does to connect.
    this.addDependency(stack);
    return stack.endpointParameters.map(
      (name, index) => new DataAwsSsmParameter(this, `${answers}-endpoint-${index + 1}`, { name }).insecureValue,
    );
  }

  private user({ username, passwordVersion }: BrokersSettings['users']['bridges'][number], group: string): BrokerUser {
    const name = `broker_${username}_password`;
    const variable = new TerraformVariable(this, name, {
      type: 'string',
      sensitive: true,
      nullable: false,
      description: `Password of the broker's user ${username}: TF_VAR_${name}. A bridge's is the same in every region.`,
      validation: [
        {
          condition: `\${can(regex("^[A-Za-z0-9!#%&*+._~-]{16,250}$", var.${name}))}`,
          errorMessage: 'takes 16 to 250 of A-Z a-z 0-9 ! # % & * + . _ ~ -',
        },
      ],
    });
    return { username, password: variable.stringValue, passwordVersion, groups: [group] };
  }

  private output(name: string, value: string): void {
    new TerraformOutput(this, name, { value, staticId: true });
  }
}

/**
 * The log groups that Amazon MQ made with a region's broker, taken over. A stack of its own, because what is taken over has to be known when it is planned, and the broker's id is
 * known only when it is there.
 */
class BrokerLogsStack extends EnvironmentStack {
  constructor(scope: Construct, settings: EnvironmentSettings, { region, broker, kmsKeyArn }: BrokersStack) {
    super(scope, settings, region, 'broker-logs');
    new BrokerLogs(this, 'logs', {
      brokerId: broker.end.brokerId,
      retentionDays: settings.logRetentionDays,
      kmsKeyArn,
    });
  }
}

/** Looks after all brokers, from the region that dials nobody: it is the one whose broker the others depend on. */
export class BrokerOperationsStack extends EnvironmentStack {
  constructor(
    scope: Construct,
    settings: EnvironmentSettings,
    region: string,
    brokers: BrokersSettings,
    stacks: readonly BrokersStack[],
  ) {
    super(scope, settings, region, 'broker-operations');
    const { account, logRetentionDays, ownKey, deletionProtection } = settings;
    const networkName = `${settings.name}-brokers`;
    const kmsKeyArn = ownKey
      ? new EncryptionKey(this, 'key', { keyName: `${networkName}-operations`, account, region }).arn
      : undefined;
    const alarmActions = this.alarmActions(`${networkName}-operations-alarms`, kmsKeyArn);
    const operations = new BrokerOperations(this, 'operations', {
      ...{ networkName, account, logRetentionDays, kmsKeyArn, alarmActions, deletionProtection },
      ...brokers.operations,
      brokers: stacks.map(({ broker, reach }) => ({ broker, reachFunctionArn: reach.arn })),
    });
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: networkName,
      dashboardBody: JSON.stringify({
        widgets: brokerWidgets(
          stacks.map(({ broker }) => broker),
          brokers.queues.map(({ queue }) => queue),
        ),
      }),
    });
    new TerraformOutput(this, 'ledger_table_name', { value: operations.ledgerTableName, staticId: true });
    new TerraformOutput(this, 'operations_function_name', { value: operations.handler.functionName, staticId: true });
  }
}

/**
 * The stacks of an environment's brokers. They depend on each other in one direction only: networks, then brokers from the highest region's name to the lowest, each after the links that it
 * dials over (who dials needs the address of who answers), then operations.
 *
 * @param shops by region; where there is one, its orders are taken from the broker's first queue as well
 */
export function addBrokers(
  scope: Construct,
  settings: EnvironmentSettings,
  brokers: BrokersSettings,
  shops: ReadonlyMap<string, ShopOfRegion> = new Map(),
): void {
  const regions = Object.keys(brokers.regions).sort();
  // A pair alone is no network.
  const links = regions.length > 1 ? linksOf(regions, brokers.topology) : [];
  const networks = new Map(
    regions.map((region) => [region, new NetworkStack(scope, settings, region, brokers).network]),
  );
  const stacks = new Map<string, BrokersStack>();
  for (const region of [...regions].reverse()) {
    const mine = links.filter(({ dials }) => dials === region);
    const dials = mine.map((link) => {
      const { end } = (stacks.get(link.answers) as BrokersStack).broker;
      return { link, stack: new LinkStack(scope, settings, link, networks, end) };
    });
    const network = networks.get(region) as Network;
    const stack = new BrokersStack(scope, settings, brokers, { region, network, dials, shop: shops.get(region) });
    stacks.set(region, stack);
    new BrokerLogsStack(scope, settings, stack);
  }
  new BrokerOperationsStack(scope, settings, regions.at(-1) as string, brokers, [...stacks.values()]);
}
