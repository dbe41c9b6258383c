import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import type { BrokerToOperate } from './contract';
import type { Asked, BrokerView } from './decide';

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
    // A primary begins to replicate, or ends it, at a restart. Source: Amazon MQ API, DescribeBroker.
    broker.PendingDataReplicationMode && `data replication ${broker.PendingDataReplicationMode}`,
    Logs?.Pending && 'logs',
    ...Users.map(({ Username, PendingChange }) => PendingChange && `${PendingChange} of user ${Username}`),
  ].filter((change): change is string => Boolean(change));
}

/** What will differ from Terraform even when all that waits for a restart has had it: somebody changed it by hand, or a deploy did not come through. */
export function drift({ wants }: BrokerToOperate, broker: DescribeBrokerResponse): string[] {
  const found: string[] = [];
  const compare = (what: string, is: string | undefined, wanted: string) => {
    // What Amazon MQ leaves out can't be compared.
    if (is !== undefined && is !== wanted) found.push(`${what} ${is}, wanted ${wanted}`);
  };
  const configuration = broker.Configurations?.Pending ?? broker.Configurations?.Current;
  if (configuration) {
    const of = (id: string | undefined, revision: number | string | undefined) => `${revision} of ${id}`;
    const wanted = of(wants.configurationId, wants.configurationRevision);
    compare('configuration revision', of(configuration.Id, configuration.Revision), wanted);
  }
  const version = broker.PendingEngineVersion ?? broker.EngineVersion;
  if (!version?.startsWith(`${wants.engineVersion}.`)) compare('engine version', version, wants.engineVersion);
  compare('instance type', broker.PendingHostInstanceType ?? broker.HostInstanceType, wants.instanceType);
  compare('deployment mode', broker.DeploymentMode, wants.deploymentMode);
  const users = broker.Users?.filter(({ PendingChange }) => PendingChange !== 'DELETE');
  const names = (all: readonly (string | undefined)[]) => [...all].sort().join(', ');
  compare('users', users && names(users.map(({ Username }) => Username)), names(wants.users));
  const logs = { ...broker.Logs, ...broker.Logs?.Pending };
  for (const [name, is, wanted] of [
    ['general log', logs.General, wants.logs.general],
    ['audit log', logs.Audit, wants.logs.audit],
  ] as const) {
    compare(name, is === undefined ? undefined : is ? 'on' : 'off', wanted ? 'on' : 'off');
  }
  return found;
}

/** @param names broker id → name, to find a replica's primary among the brokers looked after */
export function viewOf(
  { name }: BrokerToOperate,
  described: Asked<DescribeBrokerResponse>,
  answers: Asked<readonly boolean[]>,
  names: ReadonlyMap<string, string>,
): BrokerView {
  if (typeof described === 'string') {
    return { name, state: described === 'silent' ? 'UNREACHABLE' : 'UNKNOWN', answers, pending: [] };
  }
  const broker = described.answer;
  const metadata = broker.DataReplicationMetadata;
  const role = metadata?.DataReplicationRole;
  const next = broker.PendingDataReplicationMetadata?.DataReplicationRole;
  return {
    name,
    state: broker.BrokerState ?? 'UNKNOWN',
    answers,
    pending: pendingChanges(broker),
    ...((role === 'PRIMARY' || role === 'REPLICA') && {
      replication: {
        role,
        counterpart: names.get(metadata?.DataReplicationCounterpart?.BrokerId ?? '') ?? '',
        changing: next !== undefined && next !== role,
      },
    }),
  };
}
