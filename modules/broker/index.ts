export { type AuthorizationEntry, grantQueues, type QueueGrants } from './authorization';
export { Broker, type BrokerEnd } from './broker';
export type { ActiveMqConfiguration, NetworkConnector } from './configuration';
export { configurationXml } from './configuration';
export { brokerWidgets } from './dashboard';
export type { BrokerPlaceProps, BrokerProps, BrokerUser, MaintenanceWindow } from './props';
export type { QueuePolicy, RedeliveryPolicy } from './queue-policy';
export { definitions, type QuorumQueue, RabbitMqCluster, type RabbitMqClusterProps } from './rabbitmq';
export { ConfigurationError } from './xml';
