import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import type { BrokerToOperate } from './contract';
import type { BrokerView } from './decide';

/** Everything that Amazon MQ says is waiting for a restart. */
export function pendingChanges(broker: DescribeBrokerResponse): string[] {
  const { Configurations, Logs, Users = [] } = broker;
  const revision = Configurations?.Pending?.Revision;
  return [
    revision !== undefined && `configuration revision ${revision}`,
    broker.PendingEngineVersion && `engine version ${broker.PendingEngineVersion}`,
    broker.PendingHostInstanceType && `instance type ${broker.PendingHostInstanceType}`,
    broker.PendingSecurityGroups?.length && 'security groups',
    broker.PendingAuthenticationStrategy && 'authentication strategy',
    Logs?.Pending && 'logs',
    ...Users.map(({ Username, PendingChange }) => PendingChange && `${PendingChange} of user ${Username}`),
  ].filter((change): change is string => Boolean(change));
}

/** What differs from Terraform and waits for nothing: somebody changed it by hand. */
export function drift(wanted: BrokerToOperate, broker: DescribeBrokerResponse): string[] {
  const current = broker.Configurations?.Current?.Revision;
  const pending = broker.Configurations?.Pending?.Revision;
  const revision = Number(wanted.configurationRevision);
  if (current === undefined || current === revision || pending === revision) return [];
  return [`configuration revision ${current}, wanted ${revision}`];
}

/** @param names broker id → name, to find a replica's primary among the brokers looked after */
export function viewOf(
  { name }: BrokerToOperate,
  broker: DescribeBrokerResponse | undefined,
  answers: readonly boolean[],
  names: ReadonlyMap<string, string>,
): BrokerView {
  if (!broker) return { name, state: 'UNREACHABLE', answers, pending: [] };
  const metadata = broker.DataReplicationMetadata;
  const role = metadata?.DataReplicationRole;
  return {
    name,
    state: broker.BrokerState ?? 'UNKNOWN',
    answers,
    pending: pendingChanges(broker),
    ...((role === 'PRIMARY' || role === 'REPLICA') && {
      replication: {
        role,
        counterpart: names.get(metadata?.DataReplicationCounterpart?.BrokerId ?? '') ?? '',
        changing: Boolean(broker.PendingDataReplicationMode || broker.PendingDataReplicationMetadata),
      },
    }),
  };
}
