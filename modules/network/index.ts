export { overlap } from './cidr';
export { Network, type NetworkSide, PORTS } from './network';
export { NetworkPeering, type NetworkPeeringProps, type PeeringEnd } from './peering';
export type { InterfaceService, NetworkProps } from './props';
