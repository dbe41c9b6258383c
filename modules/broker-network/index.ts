export { connectorOf, type Link, linksOf, type Topology } from './topology';
