import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { NetworkPeering, type NetworkPeeringProps, type PeeringEnd, PORTS } from '../network';

/**
 * The ground under one bridge: the peering of two networks, and who may pass. A group of another region can't be named in a rule (VPC peering guide,
 * "Update your security groups to reference peer security groups": "use the CIDR block"), so rules name the narrowest blocks there are: the
 * /28 subnets that hold brokers and nothing else, and the functions' subnets where clients may go to the other region's broker.
 */
export class BrokerLink extends Construct {
  readonly peering: NetworkPeering;

  constructor(scope: Construct, id: string, props: NetworkPeeringProps) {
    super(scope, id);
    this.peering = new NetworkPeering(this, 'peering', props);
    const { requester, accepter } = props;
    this.passOut('bridge-out', requester, 'brokers', accepter, PORTS.openwire);
    this.passIn('bridge-in', accepter, requester.network.brokerBlocks, requester, PORTS.openwire);
    // Clients carry on against the other region's broker when their own is gone.
    for (const [name, from, to] of [
      ['requester', requester, accepter],
      ['accepter', accepter, requester],
    ] as const) {
      for (const [protocol, port] of [
        ['openwire', PORTS.openwire],
        ['amqp', PORTS.amqp],
      ] as const) {
        this.passOut(`${name}-clients-${protocol}-out`, from, 'functions', to, port);
        this.passIn(`${name}-clients-${protocol}-in`, to, from.network.functionBlocks, from, port);
      }
    }
  }

  private passOut(id: string, from: PeeringEnd, who: 'brokers' | 'functions', to: PeeringEnd, port: number): void {
    const group = who === 'brokers' ? from.network.brokersSecurityGroupId : from.network.functionsSecurityGroupId;
    for (const [index, cidrIpv4] of to.network.brokerBlocks.entries()) {
      new VpcSecurityGroupEgressRule(this, `${id}-${index}`, {
        ...{ provider: from.provider, securityGroupId: group, cidrIpv4 },
        ...{ ipProtocol: 'tcp', fromPort: port, toPort: port },
        description: `To the brokers of ${to.network.region}`,
      });
    }
  }

  private passIn(id: string, at: PeeringEnd, blocks: readonly string[], from: PeeringEnd, port: number): void {
    for (const [index, cidrIpv4] of blocks.entries()) {
      new VpcSecurityGroupIngressRule(this, `${id}-${index}`, {
        ...{ provider: at.provider, securityGroupId: at.network.brokersSecurityGroupId, cidrIpv4 },
        ...{ ipProtocol: 'tcp', fromPort: port, toPort: port },
        description: `From ${from.network.region}`,
      });
    }
  }
}
