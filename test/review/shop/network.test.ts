import type { Json } from '../changed-plans';
import { policy } from '../small-plan';
import { BROKER, FUNCTION, type Shop, whatItSays } from './shop';

const clients = (cidr: string, port = 61617): Json => ({
  ...{ cidr_blocks: [cidr], from_port: port, to_port: port, protocol: 'tcp' },
});
const OTHER_GROUPS: [what: string, ingress: Json[] | undefined, expected: string[]][] = [
  ['that lets the same clients in', [clients('10.0.0.0/8')], []],
  ['that lets in fewer', [clients('10.0.1.0/24')], ['high stop/network-path aws_mq_broker.shop']],
  ['that lets in nobody', [], ['high stop/network-path aws_mq_broker.shop']],
  ['of which the plan says nothing', undefined, ['low stop/network-path aws_mq_broker.shop']],
];

whatItSays('network', [
  [
    'a rule of its own goes',
    (shop) => shop.remove('aws_vpc_security_group_ingress_rule.mq'),
    ['high stop/network-path aws_vpc_security_group_ingress_rule.mq'],
  ],
  [
    'a rule becomes narrower',
    (shop) => shop.update('aws_vpc_security_group_ingress_rule.mq', { cidr_ipv4: '10.1.2.0/24' }),
    ['high stop/network-path aws_vpc_security_group_ingress_rule.mq'],
  ],
  [
    'a rule loses a port',
    (shop) =>
      shop
        .was('aws_vpc_security_group_ingress_rule.mq', { from_port: 61616 })
        .update('aws_vpc_security_group_ingress_rule.mq', { from_port: 61617 }),
    ['high stop/network-path aws_vpc_security_group_ingress_rule.mq'],
  ],
  [
    'a rule inside a group gets another port',
    (shop) =>
      shop.update('aws_security_group.mq', {
        ingress: [{ cidr_blocks: ['10.0.0.0/16'], from_port: 443, to_port: 443, protocol: 'tcp' }],
      }),
    ['high stop/network-path aws_security_group.mq'],
  ],
  [
    'the world is shut out',
    (shop) =>
      shop
        .was('aws_security_group.mq', {
          ingress: [{ cidr_blocks: ['0.0.0.0/0'], from_port: 61617, to_port: 61617, protocol: 'tcp' }],
        })
        .update('aws_security_group.mq', {
          ingress: [{ cidr_blocks: ['10.0.0.0/16'], from_port: 61617, to_port: 61617, protocol: 'tcp' }],
        }),
    ['low stop/network-path aws_security_group.mq'],
  ],
  [
    'a NAT gateway goes',
    (shop) => shop.also('aws_nat_gateway.n', { id: 'nat-1' }).remove('aws_nat_gateway.n'),
    ['medium stop/network-path aws_nat_gateway.n'],
  ],
  [
    'an endpoint without its private name',
    (shop) =>
      shop
        .also('aws_vpc_endpoint.sqs', {
          id: 'vpce-1',
          service_name: 'com.amazonaws.eu-central-1.sqs',
          private_dns_enabled: true,
        })
        .update('aws_vpc_endpoint.sqs', { private_dns_enabled: false }),
    ['medium stop/network-path aws_vpc_endpoint.sqs'],
  ],
  [
    'an endpoint that lets less through',
    (shop) =>
      shop
        .also('aws_vpc_endpoint.sqs', {
          id: 'vpce-1',
          service_name: 'com.amazonaws.eu-central-1.sqs',
          policy: policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }),
        })
        .update('aws_vpc_endpoint.sqs', {
          policy: policy({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }),
        }),
    ['medium stop/network-path aws_vpc_endpoint.sqs'],
  ],
  [
    'a function is put into a network',
    (shop) => shop.update(FUNCTION, { vpc_config: [{ subnet_ids: ['subnet-1'] }] }),
    ['medium stop/network-path aws_lambda_function.consumer'],
  ],
  ...OTHER_GROUPS.map(([what, ingress, expected]): [string, (shop: Shop) => Shop, string[]] => [
    `a broker is put behind another group, ${what}`,
    (shop) => {
      if (ingress) shop.also('aws_security_group.other', { id: 'sg-9', ingress });
      return shop.was(BROKER, { security_groups: ['sg-1'] }).update(BROKER, { security_groups: ['sg-9'] });
    },
    expected,
  ]),
  [
    'the way to the network of the other brokers goes',
    (shop) =>
      shop
        .also('aws_vpc_peering_connection.west', { id: 'pcx-1' })
        .also('aws_route.west', { id: 'r-1', destination_cidr_block: '10.1.0.0/16' })
        .remove('aws_vpc_peering_connection.west', 'aws_route.west'),
    ['medium stop/network-path aws_route.west', 'medium stop/network-path aws_vpc_peering_connection.west'],
  ],
  [
    'a subnet loses its routes',
    (shop) =>
      shop
        .also('aws_route_table_association.a', { id: 'rtbassoc-1', subnet_id: 'subnet-1' })
        .remove('aws_route_table_association.a'),
    ['medium stop/network-path aws_route_table_association.a'],
  ],
  [
    'a route is made anew',
    (shop) =>
      shop
        .also('aws_route.west', { id: 'r-1', destination_cidr_block: '10.1.0.0/16' })
        .replace('aws_route.west', { destination_cidr_block: '10.2.0.0/16' }),
    ['low stop/network-path aws_route.west'],
  ],
]);
