import { Route } from '@cdktf/provider-aws/lib/route';
import { VpcPeeringConnection } from '@cdktf/provider-aws/lib/vpc-peering-connection';
import { VpcPeeringConnectionAccepterA } from '@cdktf/provider-aws/lib/vpc-peering-connection-accepter';
import { VpcPeeringConnectionOptions } from '@cdktf/provider-aws/lib/vpc-peering-connection-options';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { checkProps, type Rule } from '../props';
import { overlap } from './cidr';
import type { NetworkSide } from './network';

/** One end, and the provider that speaks for its region. */
export interface PeeringEnd {
  /** `side` of the network. */
  readonly network: NetworkSide;
  /** The provider of its region. */
  readonly provider: TerraformProvider;
}

export interface NetworkPeeringProps {
  /** The network that asks. */
  readonly requester: PeeringEnd;
  /** The network that accepts; its block must not overlap with the other's. Source: VPC guide, "VPC peering limitations". */
  readonly accepter: PeeringEnd;
}

const rules: readonly Rule<NetworkPeeringProps>[] = [
  {
    prop: 'accepter',
    holds: ({ requester, accepter }) => !overlap(requester.network.cidrBlock, accepter.network.cidrBlock),
    message: ({ requester, accepter }) =>
      `has the block ${accepter.network.cidrBlock}, which overlaps the requester's ${requester.network.cidrBlock}; VPCs with overlapping blocks can't be peered`,
  },
];

/**
 * Two networks of one account in different regions, peered: the request, its acceptance in the other region, routes on both ends and private
 * answers to each other's names. A stack of its own takes it, because it needs both regions, and neither network needs it.
 */
export class NetworkPeering extends Construct {
  readonly connectionId: string;

  constructor(scope: Construct, id: string, props: NetworkPeeringProps) {
    super(scope, id);
    checkProps(this.node.path, props, rules, 'NetworkPeeringProps');
    const { requester, accepter } = props;
    const Name = `${requester.network.name}-to-${accepter.network.name}`;
    const connection = new VpcPeeringConnection(this, 'connection', {
      provider: requester.provider,
      vpcId: requester.network.vpcId,
      peerVpcId: accepter.network.vpcId,
      peerRegion: accepter.network.region,
      // A request to another region can't accept itself: the accepter below does, in its own region.
      autoAccept: false,
      tags: { Name },
    });
    const accepted = new VpcPeeringConnectionAccepterA(this, 'accepter', {
      provider: accepter.provider,
      vpcPeeringConnectionId: connection.id,
      autoAccept: true,
      tags: { Name },
    });
    // Options can be set on an active connection only, hence the accepter's id and not the request's.
    new VpcPeeringConnectionOptions(this, 'requester-names', {
      provider: requester.provider,
      vpcPeeringConnectionId: accepted.id,
      requester: { allowRemoteVpcDnsResolution: true },
    });
    new VpcPeeringConnectionOptions(this, 'accepter-names', {
      provider: accepter.provider,
      vpcPeeringConnectionId: accepted.id,
      accepter: { allowRemoteVpcDnsResolution: true },
    });
    const route = (routeId: string, from: PeeringEnd, to: PeeringEnd) =>
      new Route(this, routeId, {
        provider: from.provider,
        routeTableId: from.network.routeTableId,
        destinationCidrBlock: to.network.cidrBlock,
        vpcPeeringConnectionId: accepted.id,
      });
    route('requester-route', requester, accepter);
    route('accepter-route', accepter, requester);
    this.connectionId = accepted.id;
  }
}
