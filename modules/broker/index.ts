export { Broker, type BrokerEnd } from './broker';
export type {
  ActiveMqConfiguration,
  AuthorizationEntry,
  NetworkConnector,
  QueuePolicy,
  RedeliveryPolicy,
} from './configuration';
export { configurationXml } from './configuration';
export { brokerWidgets } from './dashboard';
export type { BrokerPlaceProps, BrokerProps, BrokerUser, MaintenanceWindow } from './props';
export { definitions, type QuorumQueue, RabbitMqCluster, type RabbitMqClusterProps } from './rabbitmq';
export { ConfigurationError } from './xml';
