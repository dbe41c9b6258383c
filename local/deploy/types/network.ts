import type { ResourceType } from '../resource-type';

/** Nothing here has a network of its own: what refers to a piece of one gets a name, and that is all. */
const named = (prefix: string, ...attributes: string[]): ResourceType => ({
  identity: [],
  async create(configuration, { region }) {
    for (const name of attributes) configuration.get(name);
    const id = `${prefix}-${Math.random().toString(16).slice(2, 10)}`;
    return { id, arn: `arn:aws:ec2:${region}:000000000000:${prefix}/${id}` };
  },
  async delete() {},
});

const rule = named(
  'sgr', 'security_group_id', 'referenced_security_group_id', 'description', 'ip_protocol', 'from_port', 'to_port', 'cidr_ipv4', 'prefix_list_id',
); // biome-ignore format: a list

export const network: Record<string, ResourceType> = {
  aws_vpc: named('vpc', 'cidr_block', 'enable_dns_hostnames', 'enable_dns_support'),
  aws_subnet: named('subnet', 'vpc_id', 'cidr_block', 'availability_zone', 'map_public_ip_on_launch'),
  aws_route_table: named('rtb', 'vpc_id'),
  aws_route_table_association: named('rtbassoc', 'route_table_id', 'subnet_id'),
  aws_security_group: named('sg', 'name', 'description', 'vpc_id'),
  aws_default_security_group: named('sg', 'vpc_id'),
  aws_vpc_security_group_ingress_rule: rule,
  aws_vpc_security_group_egress_rule: rule,
  aws_vpc_endpoint: named(
    'vpce', 'vpc_id', 'service_name', 'vpc_endpoint_type', 'subnet_ids', 'security_group_ids', 'private_dns_enabled', 'route_table_ids',
  ),
  aws_flow_log: named(
    'fl', 'vpc_id', 'iam_role_arn', 'log_destination', 'log_destination_type', 'max_aggregation_interval', 'traffic_type',
  ),
}; // biome-ignore format: lists
