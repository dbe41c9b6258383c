export { BrokerLink } from './link';
export {
  BrokerOperations,
  type BrokerOperationsProps,
  type BrokerReachProps,
  brokerReachFunction,
} from './operations';
export { connectorOf, type Link, linksOf, type Topology } from './topology';
