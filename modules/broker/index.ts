export { Broker, type BrokerEnd } from './broker';
export type {
  ActiveMqConfiguration,
  AuthorizationEntry,
  NetworkConnector,
  QueuePolicy,
  RedeliveryPolicy,
} from './configuration';
export { configurationXml } from './configuration';
export type { BrokerPlaceProps, BrokerProps, BrokerUser, MaintenanceWindow } from './props';
export { ConfigurationError } from './xml';
