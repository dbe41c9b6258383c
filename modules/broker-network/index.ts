export { BrokerLink } from './link';
export { connectorOf, type Link, linksOf, type Topology } from './topology';
