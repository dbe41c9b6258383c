import fc from 'fast-check';
import { Network, type NetworkProps, overlap } from '../../modules/network';
import { parseBlock, subnet } from '../../modules/network/cidr';
import { allowed, synthesized } from './synthesized';

const PROPS = {
  ...{ name: 'shop', region: 'eu-central-1', account: '111111111111', cidrBlock: '10.20.0.0/16' },
  zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
};
const stack = synthesized(
  (scope) =>
    new Network(scope, 'network', {
      ...{ ...PROPS, interfaceServices: ['lambda', 'sts', 'secretsmanager'], gatewayServices: ['dynamodb'] },
    }),
);

test('there is no way out: no internet gateway, no NAT, no public address', () => {
  for (const type of ['aws_internet_gateway', 'aws_nat_gateway', 'aws_eip']) expect(stack.all(type)).toEqual([]);
  expect(stack.all('aws_subnet').map(({ map_public_ip_on_launch }) => map_public_ip_on_launch)).toEqual(
    Array(6).fill(false),
  );
});

test('subnets lie in the block and do not overlap, whatever the block and the zones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 20 }), fc.integer({ min: 2, max: 3 }), (prefix, zones) => {
      const block = `10.64.0.0/${prefix}`;
      const built = synthesized(
        (scope) => new Network(scope, 'network', { ...PROPS, cidrBlock: block, zones: PROPS.zones.slice(0, zones) }),
      );
      const blocks = built.all('aws_subnet').map(({ cidr_block }) => String(cidr_block));
      expect(blocks).toHaveLength(2 * zones);
      for (const [index, one] of blocks.entries()) {
        expect(overlap(one, block)).toBe(true);
        for (const other of blocks.slice(index + 1)) expect(overlap(one, other)).toBe(false);
      }
    }),
    { numRuns: 10 },
  );
});

test('groups name each other: no rule of a region names an address', () => {
  const rules = [
    ...stack.all('aws_vpc_security_group_ingress_rule'),
    ...stack.all('aws_vpc_security_group_egress_rule'),
  ];
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) {
    expect(rule).not.toHaveProperty('cidr_ipv4');
    expect(rule.referenced_security_group_id ?? rule.prefix_list_id).toBeDefined();
  }
});

test('the group that every VPC is born with has no rule, and flow logs take everything', () => {
  expect(Object.keys(stack.all('aws_default_security_group')[0] ?? {}).filter((key) => /gress/.test(key))).toEqual([]);
  expect(stack.all('aws_flow_log')).toMatchObject([{ traffic_type: 'ALL' }]);
});

test('endpoints are there for what is asked for and no more', () => {
  const services = (built: typeof stack) =>
    built.all('aws_vpc_endpoint').map(({ service_name }) => String(service_name).split('.').at(-1));
  expect(services(stack).sort()).toEqual(['dynamodb', 'lambda', 'secretsmanager', 'sts']);
  expect(services(synthesized((scope) => new Network(scope, 'network', PROPS)))).toEqual([]);
});

test('an interface endpoint, which costs by the zone, is in the two zones that brokers are in', () => {
  const interfaces = stack.all('aws_vpc_endpoint').filter(({ vpc_endpoint_type }) => vpc_endpoint_type === 'Interface');
  for (const { subnet_ids } of interfaces) {
    expect(subnet_ids).toEqual(['a', 'b'].map((zone) => expect.stringContaining(`functions-eu-central-1${zone}`)));
  }
});

test('the role of flow logs has what AWS asks of it, on this log group alone', () => {
  expect(allowed(stack, 'flow-logs/policy').map((grant) => grant.replace(/_[0-9A-F]{8}/, ''))).toEqual([
    ...['logs:CreateLogGroup', 'logs:CreateLogStream'].flatMap((action) => [
      `${action} on \${aws_cloudwatch_log_group.network_flow-logs.arn}`,
      `${action} on \${aws_cloudwatch_log_group.network_flow-logs.arn}:*`,
    ]),
    'logs:DescribeLogGroups on arn:aws:logs:eu-central-1:111111111111:log-group:*',
    ...['logs:DescribeLogStreams', 'logs:PutLogEvents'].flatMap((action) => [
      `${action} on \${aws_cloudwatch_log_group.network_flow-logs.arn}`,
      `${action} on \${aws_cloudwatch_log_group.network_flow-logs.arn}:*`,
    ]),
  ]);
});

test.each<[Partial<NetworkProps>, RegExp]>([
  [{ name: 'Network' }, /name is "Network"/],
  [{ account: '1' }, /account is "1"/],
  [{ region: 'Frankfurt' }, /region is "Frankfurt"/],
  [{ flowLogRetentionDays: 42 }, /flowLogRetentionDays is 42 days/],
  [{ kmsKeyArn: 'alias/logs' }, /kmsKeyArn is "alias\/logs"/],
  [{ cidrBlock: '10.20.0.1/16' }, /cidrBlock is "10.20.0.1\/16"/],
  [{ cidrBlock: '10.20.0.0/24' }, /\/16 to \/20/],
  [{ zones: ['eu-central-1a'] }, /two or three different zones/],
  [{ zones: ['eu-central-1a', 'us-east-1a'] }, /of eu-central-1/],
])('%j does not synthesize', (change, message) => {
  expect(() => synthesized((scope) => new Network(scope, 'network', { ...PROPS, ...change }))).toThrow(message);
});

test('a block is split as it should be', () => {
  expect(subnet('10.20.0.0/16', 20, 2)).toBe('10.20.32.0/20');
  expect(subnet('10.20.0.0/16', 28, 4095)).toBe('10.20.255.240/28');
  expect(() => subnet('10.20.0.0/16', 20, 16)).toThrow(RangeError);
  expect(parseBlock('10.0.0.256/32')).toBeUndefined();
});
