import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import { parseBlock, subnet } from './cidr';
import { FlowLogs } from './flow-logs';
import { type NetworkProps, rules } from './props';

/** Ports of a broker. Source: Amazon MQ guide, "Connecting to your broker": all of them are TLS. */
export const PORTS = { openwire: 61617, amqp: 5671, https: 443 } as const;

/** Zones that a broker pair lives in, the first of the network's. Source: Amazon MQ guide, "Amazon MQ active/standby broker for high availability". */
const BROKER_ZONES = 2;

/** What the other end of a peering has to know about a network. */
export interface NetworkSide {
  /** The network's own; peerings are named after both. */
  readonly name: string;
  /** Where it is; a peering needs that region's provider. */
  readonly region: string;
  /** What is peered. */
  readonly vpcId: string;
  /** Of the whole VPC. */
  readonly cidrBlock: string;
  /** One /28 for each zone, with nothing but brokers in it: the narrowest thing that a rule of another region can name. */
  readonly brokerBlocks: readonly string[];
  /** One for each zone, for functions. */
  readonly functionBlocks: readonly string[];
  /** Of all private subnets. */
  readonly routeTableId: string;
  /** What brokers are in. */
  readonly brokersSecurityGroupId: string;
  /** What functions are in. */
  readonly functionsSecurityGroupId: string;
}

/** A VPC without a way out: private subnets for brokers and for functions, endpoints for the services of AWS that are asked for, flow logs, groups that name each other. */
export class Network extends Construct {
  readonly side: NetworkSide;
  readonly brokerSubnetIds: string[];
  readonly functionSubnetIds: string[];
  readonly brokersSecurityGroupId: string;
  readonly functionsSecurityGroupId: string;

  constructor(scope: Construct, id: string, given: NetworkProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'name');
    checkProps(this.node.path, props, rules, 'NetworkProps', given);
    const { name, region, cidrBlock, zones } = props;
    const prefix = parseBlock(cidrBlock)?.prefix ?? 16;

    const vpc = new Vpc(this, 'vpc', {
      cidrBlock,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    // Every VPC is born with a group that lets its members talk. Named here without a rule, so that it has none.
    new DefaultSecurityGroup(this, 'default-group', { vpcId: vpc.id, tags: { Name: `${name}-closed` } });
    new FlowLogs(this, 'flow-logs', { ...props, vpcId: vpc.id });

    const routes = new RouteTable(this, 'routes', { vpcId: vpc.id, tags: { Name: name } });
    const subnetIn = (kind: string, zone: string, block: string) => {
      const created = new Subnet(this, `${kind}-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: block,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${name}-${kind}-${zone}` },
      });
      new RouteTableAssociation(this, `${kind}-${zone}-routes`, { subnetId: created.id, routeTableId: routes.id });
      return created.id;
    };
    const functionBlocks = zones.map((_, index) => subnet(cidrBlock, prefix + 4, index));
    const last = 2 ** (28 - prefix) - zones.length;
    const brokerBlocks = zones.map((_, index) => subnet(cidrBlock, 28, last + index));
    this.functionSubnetIds = zones.map((zone, index) => subnetIn('functions', zone, functionBlocks[index] ?? ''));
    this.brokerSubnetIds = zones.map((zone, index) => subnetIn('brokers', zone, brokerBlocks[index] ?? ''));

    const group = (kind: string, description: string) =>
      new SecurityGroup(this, kind, {
        name: `${name}-${kind}`,
        description,
        vpcId: vpc.id,
        tags: { Name: `${name}-${kind}` },
      });
    const functionsGroup = group('functions', 'Functions that use brokers and endpoints');
    const brokersGroup = group('brokers', 'Brokers, and the pollers that Lambda starts beside them');
    for (const used of [functionsGroup, brokersGroup]) {
      acceptFinding(
        used,
        'CKV2_AWS_5',
        'Attached in the stacks of the brokers and of the functions, which take its id.',
      );
    }
    const { id: functions } = functionsGroup;
    const { id: brokers } = brokersGroup;
    const { id: endpoints } = group('endpoints', 'Endpoints of AWS services');
    this.functionsSecurityGroupId = functions;
    this.brokersSecurityGroupId = brokers;

    this.allow('clients-openwire', functions, brokers, PORTS.openwire, 'Clients over OpenWire');
    this.allow('clients-amqp', functions, brokers, PORTS.amqp, 'Clients over AMQP');
    this.allow('clients-https', functions, brokers, PORTS.https, 'RabbitMQ policies by the management API');
    // Lambda polls a broker from interfaces in the broker's own subnets and group (Lambda guide, "Amazon MQ: Network configuration").
    this.allow('pollers-openwire', brokers, brokers, PORTS.openwire, 'Pollers of Lambda to ActiveMQ');
    this.allow('pollers-amqp', brokers, brokers, PORTS.amqp, 'Pollers of Lambda to RabbitMQ');
    this.allow('pollers-endpoints', brokers, endpoints, PORTS.https, 'Pollers of Lambda to AWS services');
    this.allow('functions-endpoints', functions, endpoints, PORTS.https, 'Functions to AWS services');

    for (const service of props.gatewayServices ?? []) {
      const gateway = new VpcEndpoint(this, `gateway-${service}`, {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: 'Gateway',
        routeTableIds: [routes.id],
        tags: { Name: `${name}-${service}` },
      });
      new VpcSecurityGroupEgressRule(this, `functions-to-${service}`, {
        securityGroupId: functions,
        prefixListId: gateway.prefixListId,
        ipProtocol: 'tcp',
        fromPort: PORTS.https,
        toPort: PORTS.https,
        description: `Functions to ${service}`,
      });
    }
    for (const service of props.interfaceServices ?? []) {
      new VpcEndpoint(this, `endpoint-${service}`, {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        // Where brokers are, and so whoever calls: an endpoint in another zone costs the same and is a detour.
        subnetIds: this.functionSubnetIds.slice(0, BROKER_ZONES),
        securityGroupIds: [endpoints],
        tags: { Name: `${name}-${service}` },
      });
    }

    this.side = {
      name,
      region,
      vpcId: vpc.id,
      cidrBlock,
      brokerBlocks,
      functionBlocks,
      routeTableId: routes.id,
      brokersSecurityGroupId: brokers,
      functionsSecurityGroupId: functions,
    };
  }

  /** Opens one port from one group to another, on both ends, each naming the other and no address. */
  private allow(id: string, from: string, to: string, port: number, description: string): void {
    const tcp = { ipProtocol: 'tcp', fromPort: port, toPort: port, description };
    new VpcSecurityGroupEgressRule(this, `${id}-out`, {
      ...tcp,
      securityGroupId: from,
      referencedSecurityGroupId: to,
    });
    new VpcSecurityGroupIngressRule(this, `${id}-in`, { ...tcp, securityGroupId: to, referencedSecurityGroupId: from });
  }
}
