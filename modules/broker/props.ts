import type { AlarmActions } from '../defaults';
import { account, isKnown, isWhole, kmsKeyArn, matching, type Rule, region } from '../props';
import type { ActiveMqConfiguration } from './configuration';
import { ambiguous, deadLetterPrefixes, type QueuePolicy } from './queue-policy';

/** A user of the broker. Which passwords end up where: README, "Passwords". */
export interface BrokerUser {
  /** 2 to 100 letters, digits, `-._~`. Source: Amazon MQ API, "User". */
  readonly username: string;
  /** A sensitive variable, never a literal: 12 to 250 characters, at least 4 different, without `,` `:` `=`. Source: Amazon MQ API, "User". */
  readonly password: string;
  /** A whole number, raised together with the password: Secrets Manager then gets the new one, which no plan shows. */
  readonly passwordVersion: number;
  /** Groups that `configuration.authorization` names: at most 20. Default: none. Source: Amazon MQ API, "User". */
  readonly groups?: readonly string[];
  /** May log in to ActiveMQ's web console, if a group of it may as well. Default false. */
  readonly consoleAccess?: boolean;
  /** The user that cross-region data replication works as; the same on primary and replica. Default false. */
  readonly replicationUser?: boolean;
}

/** When Amazon MQ may restart one instance after the other. Members of one network take different days. */
export interface MaintenanceWindow {
  /** In UTC. */
  readonly dayOfWeek: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';
  /** Hours and minutes, for example `03:00`, in UTC. */
  readonly timeOfDay: string;
}

/** What every broker has, whichever engine it runs. */
export interface BrokerPlaceProps {
  /** 1 to 50 letters, digits, `-_`. Source: Amazon MQ API, CreateBroker. */
  readonly brokerName: string;
  /** Of everything here; in ARNs. */
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** A subnet for each instance, in different zones. Source: Amazon MQ API, CreateBroker. */
  readonly subnetIds: readonly string[];
  /** 1 to 5. Source: Amazon MQ guide, "Quotas". */
  readonly securityGroupIds: readonly string[];
  /** When Amazon MQ may restart it. */
  readonly maintenanceWindow: MaintenanceWindow;
  /**
   * Restart the broker as soon as something is applied that needs it. Default false: the change waits for the maintenance window or for `broker-operations`,
   * which restarts one broker at a time.
   */
  readonly applyImmediately?: boolean;
  /** Customer-managed KMS key for store and secrets. Default: the module makes one. */
  readonly kmsKeyArn?: string;
  /**
   * Terraform refuses to destroy or replace the broker, and what is in its store with it (`lifecycle.prevent_destroy`). Default true. It can't keep a broker whose
   * whole block is taken out of the code. Source: Terraform language, "The lifecycle meta-argument".
   */
  readonly deletionProtection?: boolean;
  /** SNS topics (or any alarm action). Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

/**
 * Amazon MQ keeps a configuration to the engine version that it was made for, and a name to the first that had it: one of another version takes another name, and
 * the broker moves over to it before the old one goes. 1 to 150 characters. Source: Amazon MQ API, CreateConfiguration; terraform-provider-aws,
 * issue 47193: destroying one leaves it.
 */
export const configurationName = (brokerName: string, engineVersion: string): string =>
  `${brokerName}-${engineVersion}`;

export interface BrokerProps extends BrokerPlaceProps {
  /** At least one, at most 250. Source: Amazon MQ guide, "Quotas". */
  readonly users: readonly BrokerUser[];
  /** What ActiveMQ does with messages. Default: safe for every queue. */
  readonly configuration?: ActiveMqConfiguration;
  /** Queues whose consumers must not vanish: each gets alarms on its depth without consumers. Default: none. */
  readonly watchedQueues?: readonly string[];
  /** `X.Y`; Amazon MQ keeps the patch level. Default `5.18`, the newest that the tests of this project run. Source: Amazon MQ guide, "Managing ActiveMQ engine versions". */
  readonly engineVersion?: string;
  /** Default `mq.m5.large`, the smallest for production; `mq.m7g` is RabbitMQ's alone. Changes at a restart. Source: Amazon MQ guide, "Upgrading an Amazon MQ broker instance type". */
  readonly instanceType?: string;
  /**
   * `ACTIVE_STANDBY_MULTI_AZ`: two instances in two zones on one EFS. `SINGLE_INSTANCE`: one zone. Default the pair. Neither can be changed
   * later. Source: Amazon MQ guide, "Deployment options".
   */
  readonly deploymentMode?: 'ACTIVE_STANDBY_MULTI_AZ' | 'SINGLE_INSTANCE';
  /** `efs` in several zones, `ebs` for throughput in one (mq.m5 and SINGLE_INSTANCE only). Default `efs`. Can't be changed later. Source: Amazon MQ guide, "Storage". */
  readonly storageType?: 'efs' | 'ebs';
  /**
   * Makes this the replica of a broker in another region: asynchronous, takes no clients until promoted. Excludes being in a network; only in the United States'
   * regions and from mq.m5.large on. The primary replicates after its next restart. Default: it is nobody's replica. Source: Amazon MQ guide, "Creating … replication broker: Prerequisites".
   */
  readonly replicaOf?: { readonly brokerArn: string };
}

/** Source: Amazon MQ guide, "Creating an Amazon MQ cross-Region data replication broker: Prerequisites". */
const REPLICATING_REGIONS = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'];

const known = (values: readonly unknown[]) => values.every(isKnown);
const redeliveries = (queues: readonly QueuePolicy[] = []) => queues.map(({ redelivery }) => redelivery ?? {});

export const placeRules: readonly Rule<BrokerPlaceProps>[] = [
  matching('brokerName', /^[A-Za-z0-9_-]{1,50}$/, 'Amazon MQ takes 1 to 50 letters, digits, hyphens and underscores'),
  region,
  account,
  kmsKeyArn,
  {
    prop: 'maintenanceWindow',
    holds: ({ maintenanceWindow: { timeOfDay } }) => !isKnown(timeOfDay) || /^([01]\d|2[0-3]):[0-5]\d$/.test(timeOfDay),
    message: ({ maintenanceWindow }) =>
      `has the timeOfDay "${maintenanceWindow.timeOfDay}"; Amazon MQ takes hours and minutes, 00:00 to 23:59`,
  },
  {
    prop: 'securityGroupIds',
    holds: ({ securityGroupIds }) => securityGroupIds.length >= 1 && securityGroupIds.length <= 5,
    message: ({ securityGroupIds }) => `has ${securityGroupIds.length} security groups; Amazon MQ takes 1 to 5`,
  },
];

export const rules: readonly Rule<BrokerProps>[] = [
  ...placeRules,
  {
    prop: 'subnetIds',
    holds: ({ subnetIds, deploymentMode }) => subnetIds.length === (deploymentMode === 'SINGLE_INSTANCE' ? 1 : 2),
    message: ({ subnetIds, deploymentMode = 'ACTIVE_STANDBY_MULTI_AZ' }) =>
      `has ${subnetIds.length} subnets; ${deploymentMode} takes ${deploymentMode === 'SINGLE_INSTANCE' ? 'one' : 'two, in different zones'}`,
  },
  {
    prop: 'instanceType',
    holds: ({ instanceType = 'mq.m5.large' }) => !instanceType.startsWith('mq.m7g.'),
    message: ({ instanceType }) =>
      `is ${instanceType}; Amazon MQ runs ActiveMQ on mq.m5, and mq.m7g is RabbitMQ's alone`,
  },
  {
    prop: 'storageType',
    holds: ({ storageType, deploymentMode, instanceType = 'mq.m5.large' }) =>
      storageType !== 'ebs' || (deploymentMode === 'SINGLE_INSTANCE' && instanceType.startsWith('mq.m5.')),
    message: ({ deploymentMode = 'ACTIVE_STANDBY_MULTI_AZ', instanceType = 'mq.m5.large' }) =>
      `is ebs with ${deploymentMode} on ${instanceType}; EBS belongs to one zone: it takes SINGLE_INSTANCE on mq.m5`,
  },
  {
    prop: 'users',
    holds: ({ users }) =>
      users.length > 0 &&
      users.every(
        ({ username, groups = [] }) =>
          /^[A-Za-z0-9._~-]{2,100}$/.test(username) && username !== 'guest' && groups.length <= 20,
      ),
    message: ({ users }) =>
      `has ${users.map(({ username }) => `"${username}"`).join(', ') || 'nobody'}; Amazon MQ takes 2 to 100 letters, digits, -._~ , not guest, and at most 20 groups each`,
  },
  {
    prop: 'users',
    holds: ({ users }) =>
      users.every(
        ({ password }) => !known([password]) || (/^[^,:=]{12,250}$/.test(password) && new Set(password).size >= 4),
      ),
    message: () => 'has a password that is not 12 to 250 characters, at least 4 different, without , : =',
  },
  {
    prop: 'configuration',
    holds: ({ configuration, users }) =>
      (configuration?.networkConnectors ?? []).every(({ userName }) =>
        users.some(({ username }) => username === userName),
      ),
    message: ({ configuration }) =>
      `has a network connector as ${configuration?.networkConnectors?.map(({ userName }) => userName).join(', ')}, who is not among the users; Amazon MQ takes the password from there`,
  },
  {
    prop: 'configuration',
    holds: ({ configuration }) => (configuration?.networkConnectors?.length ?? 0) <= 20,
    message: ({ configuration }) =>
      `has ${configuration?.networkConnectors?.length} network connectors; Amazon MQ takes at most 20 (quotas, "Network connectors per broker")`,
  },
  {
    prop: 'configuration',
    holds: ({ configuration }) =>
      redeliveries(configuration?.queues).every(
        ({ maximumRedeliveries = 6, initialDelay = 1000, multiplier = 2, maximumDelay = 60_000, jitter = 15 }) =>
          Number.isInteger(maximumRedeliveries) &&
          maximumRedeliveries >= 0 &&
          maximumRedeliveries <= 100 &&
          initialDelay >= 1000 &&
          multiplier >= 1 &&
          maximumDelay >= initialDelay &&
          jitter >= 0 &&
          jitter <= 100,
      ),
    message: () =>
      'has a redelivery policy out of range: maximumRedeliveries 0 to 100, initialDelay 1,000 ms or more, multiplier 1 or more, maximumDelay not below initialDelay, jitter 0 to 100 %',
  },
  {
    prop: 'configuration',
    holds: ({ configuration }) => {
      const percent = configuration?.memoryPercentOfHeap ?? 70;
      const marks = (configuration?.queues ?? []).map(({ storeHighWaterMark = 90 }) => storeHighWaterMark);
      return percent >= 10 && percent <= 70 && marks.every((mark) => mark >= 1 && mark <= 100);
    },
    message: ({ configuration }) =>
      `has memoryPercentOfHeap ${configuration?.memoryPercentOfHeap ?? 70} and storeHighWaterMark ${configuration?.queues?.map(({ storeHighWaterMark = 90 }) => storeHighWaterMark).join(', ') || 90}; they take 10 to 70 % and 1 to 100 %`,
  },
  {
    prop: 'configuration',
    holds: ({ configuration }) =>
      (configuration?.queues ?? []).every(({ deadLetterPrefix = 'DLQ.' }) => /^([^\s.*>]+\.)+$/.test(deadLetterPrefix)),
    message: ({ configuration }) =>
      `has deadLetterPrefix ${configuration?.queues?.map(({ deadLetterPrefix = 'DLQ.' }) => `"${deadLetterPrefix}"`).join(', ')}; it takes whole words and ends with a dot, or no policy could name the dead letters`,
  },
  {
    prop: 'configuration',
    holds: ({ configuration }) =>
      (configuration?.queues ?? []).every(
        ({ abortConsumerAfter = 1000, prefetch = 1, memoryLimit = '1mb' }) =>
          isWhole(abortConsumerAfter, 1000) && isWhole(prefetch, 1) && /^[1-9]\d*(kb|mb|gb)$/.test(memoryLimit),
      ),
    message: () =>
      'has a queue out of range: abortConsumerAfter takes 1,000 ms or more, prefetch a whole number from 1, memoryLimit a number with kb, mb or gb',
  },
  {
    prop: 'configuration',
    holds: ({ configuration }) => ambiguous(configuration?.queues).length === 0,
    message: ({ configuration }) =>
      `has policies for ${ambiguous(configuration?.queues).join(', ')}, which can name the same queue; ActiveMQ's choice between them is not the more specific one`,
  },
  {
    prop: 'configuration',
    holds: ({ configuration }) => {
      const prefixes = deadLetterPrefixes(configuration?.queues);
      return (configuration?.queues ?? []).every(
        ({ queue, storeHighWaterMark = 100 }) =>
          storeHighWaterMark === 100 || !prefixes.some((prefix) => queue.startsWith(prefix)),
      );
    },
    message: () =>
      'has a storeHighWaterMark below 100 for dead letters; the broker drops a dead letter that finds no room, so they take the store to its end',
  },
  {
    prop: 'replicaOf',
    holds: ({ configuration, users, deploymentMode, instanceType = 'mq.m5.large' }) =>
      !configuration?.networkConnectors?.length &&
      !configuration?.networked &&
      deploymentMode !== 'SINGLE_INSTANCE' &&
      !instanceType.endsWith('.micro') &&
      users.some(({ replicationUser }) => replicationUser),
    message: () =>
      'needs ACTIVE_STANDBY_MULTI_AZ on mq.m5.large or larger, a user with replicationUser, and no network of brokers: replication and a network exclude each other here',
  },
  {
    prop: 'replicaOf',
    holds: ({ region, replicaOf }) => {
      const primary = known([replicaOf?.brokerArn]) ? replicaOf?.brokerArn.split(':')[3] : undefined;
      return [region, primary].every((one) => one === undefined || !isKnown(one) || REPLICATING_REGIONS.includes(one));
    },
    message: ({ region, replicaOf }) =>
      `is ${replicaOf?.brokerArn} in ${region}; Amazon MQ replicates between ${REPLICATING_REGIONS.join(', ')} only`,
  },
];
