import {
  type BrokerInstance,
  CreateBrokerCommand,
  type CreateBrokerCommandInput,
  CreateConfigurationCommand,
  type CreateConfigurationCommandInput,
  CreateUserCommand,
  DeleteBrokerCommand,
  DeleteConfigurationCommand,
  DeleteUserCommand,
  DescribeBrokerCommand,
  MqClient,
  UpdateBrokerCommand,
  UpdateConfigurationCommand,
  UpdateUserCommand,
  type User,
} from '@aws-sdk/client-mq';
import type { Configuration } from '../configuration';
import type { ResourceType, Target } from '../resource-type';

async function setData(configuration: Configuration, ConfigurationId: string, target: Target) {
  const Data = Buffer.from(configuration.need('data')).toString('base64');
  const update = new UpdateConfigurationCommand({
    ConfigurationId,
    Data,
    Description: configuration.get('description'),
  });
  const { Arn, LatestRevision } = await target.client(MqClient).send(update);
  return { id: ConfigurationId, arn: Arn, latest_revision: LatestRevision?.Revision };
}

const configuration: ResourceType = {
  identity: ['name', 'engine_type', 'engine_version'],
  async create(configuration, target) {
    const input = configuration.pascal<CreateConfigurationCommandInput>('name', 'engine_type', 'engine_version');
    const { Id = '' } = await target.client(MqClient).send(new CreateConfigurationCommand(input));
    return setData(configuration, Id, target);
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    return setData(configuration, deployed.id as string, target);
  },
  async delete({ id }, target) {
    await target.client(MqClient).send(new DeleteConfigurationCommand({ ConfigurationId: id as string }));
  },
};

/** What nothing here looks at: the brokers are this machine's. */
const ELSEWHERE = [
  'storage_type', 'publicly_accessible', 'subnet_ids', 'security_groups', 'encryption_options', 'auto_minor_version_upgrade',
  'maintenance_window_start_time', 'apply_immediately', 'data_replication_mode',
]; // biome-ignore format: a list

function settings(configuration: Configuration) {
  for (const name of ELSEWHERE) configuration.get(name);
  const logs = configuration.block('logs');
  return {
    ...configuration.pascal<Pick<CreateBrokerCommandInput, 'EngineVersion' | 'HostInstanceType'>>(
      'engine_version',
      'host_instance_type',
    ),
    Configuration: configuration.block('configuration')?.pascal<{ Id: string; Revision?: number }>('id', 'revision'),
    Logs: { General: logs?.get<boolean>('general'), Audit: String(logs?.get('audit')) === 'true' },
  };
}

const users = (configuration: Configuration) =>
  configuration.blocks('user').map((user) => {
    const found = user.pascal<User>('username', 'password', 'groups', 'console_access', 'replication_user');
    return { ...found, Username: user.need('username') };
  });

async function attributes(BrokerId: string, target: Target, known: readonly User[]) {
  const { BrokerArn, BrokerInstances = [] } = await target
    .client(MqClient)
    .send(new DescribeBrokerCommand({ BrokerId }));
  const instances = BrokerInstances.map(({ Endpoints, IpAddress }: BrokerInstance) => ({
    endpoints: Endpoints,
    ip_address: IpAddress,
  }));
  return { id: BrokerId, arn: BrokerArn, instances, usernames: known.map(({ Username }) => Username) };
}

const broker: ResourceType = {
  identity: ['broker_name', 'deployment_mode', 'engine_type'],
  async create(configuration, target) {
    const identity = configuration.pascal<CreateBrokerCommandInput>('broker_name', 'deployment_mode', 'engine_type');
    const Users = users(configuration);
    const input = { ...identity, ...settings(configuration), Users, PubliclyAccessible: false };
    const { BrokerId = '' } = await target.client(MqClient).send(new CreateBrokerCommand(input));
    return attributes(BrokerId, target, Users);
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    const BrokerId = deployed.id as string;
    const mq = target.client(MqClient);
    await mq.send(new UpdateBrokerCommand({ BrokerId, ...settings(configuration) }));
    const before = new Set(deployed.usernames as string[]);
    const after = users(configuration);
    for (const { Username, Password = '', Groups } of after) {
      const user = { BrokerId, Username, Password, Groups };
      if (before.has(Username)) await mq.send(new UpdateUserCommand(user));
      else await mq.send(new CreateUserCommand(user));
      before.delete(Username);
    }
    for (const Username of before) await mq.send(new DeleteUserCommand({ BrokerId, Username }));
    return attributes(BrokerId, target, after);
  },
  async delete({ id }, target) {
    await target.client(MqClient).send(new DeleteBrokerCommand({ BrokerId: id as string }));
  },
};

/** With real brokers behind them: `npm start -- --brokers`. */
export const mq: Record<string, ResourceType> = { aws_mq_configuration: configuration, aws_mq_broker: broker };
