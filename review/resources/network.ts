import type { ResourceType } from './resource-type';

/** Networks. */
export const network = {
  aws_security_group: { attributes: ['ingress', 'egress', 'vpc_id'] },
  aws_security_group_rule: {
    attributes: [
      'type',
      'cidr_blocks',
      'ipv6_cidr_blocks',
      'from_port',
      'to_port',
      'protocol',
      'security_group_id',
      'source_security_group_id',
      'prefix_list_ids',
      'self',
    ],
  },
  aws_vpc_security_group_ingress_rule: {
    attributes: [
      'cidr_ipv4',
      'cidr_ipv6',
      'referenced_security_group_id',
      'prefix_list_id',
      'from_port',
      'to_port',
      'ip_protocol',
      'security_group_id',
    ],
  },
  aws_vpc_security_group_egress_rule: {
    attributes: [
      'cidr_ipv4',
      'cidr_ipv6',
      'referenced_security_group_id',
      'prefix_list_id',
      'from_port',
      'to_port',
      'ip_protocol',
      'security_group_id',
    ],
  },
  aws_vpc_endpoint: {
    attributes: ['service_name', 'vpc_endpoint_type', 'subnet_ids', 'policy', 'private_dns_enabled'],
  },
  aws_nat_gateway: { attributes: ['subnet_id'] },
  aws_vpc_peering_connection: { attributes: [] },
  aws_ec2_transit_gateway_vpc_attachment: { attributes: [] },
  aws_vpn_connection: { attributes: [] },
  aws_route: { attributes: ['destination_cidr_block'] },
  aws_route_table_association: { attributes: [] },
} as const satisfies Readonly<Record<string, ResourceType>>;
