import { ENVIRONMENTS } from '../../environments';
import { policiesOnInterfaces } from '../modules/interfaces';
import { everyStack, isOnEmulator, resources } from './every-stack';

const stacks = everyStack();
const environmentOf = (stack: string) => ENVIRONMENTS[stack.split('-')[0] ?? ''];

test('what a service delivers to by itself has the prefix that spares the policy of its log', () => {
  const delivered = stacks.flatMap(({ resource }) => {
    const addresses =
      JSON.stringify([resource.aws_apigatewayv2_stage, resource.aws_sfn_state_machine]).match(
        /(?<=aws_cloudwatch_log_group\.)[\w-]+/g,
      ) ?? [];
    return addresses.map((id) => resource.aws_cloudwatch_log_group?.[id]?.name);
  });
  expect(delivered.length).toBeGreaterThan(10);
  expect(delivered.filter((name) => !String(name).startsWith('/aws/vendedlogs/'))).toEqual([]);
});

test('whatever takes orders by HTTP rings when it refuses them', () => {
  const intakes = stacks.filter((stack) =>
    resources(stack, 'aws_apigatewayv2_integration').some(([, each]) => each.integration_subtype === 'SQS-SendMessage'),
  );
  expect(intakes.length).toBeGreaterThan(7);
  for (const stack of intakes) {
    const alarms = resources(stack, 'aws_cloudwatch_metric_alarm').map(([, { alarm_name }]) => alarm_name);
    for (const kind of ['failing', 'refused', 'unauthorized']) expect(alarms).toContain(`${stack.name}-intake-${kind}`);
  }
});

test('dead letters are received five times or more, as Lambda advises, outside the lanes that somebody watches', () => {
  for (const stack of stacks) {
    if (isOnEmulator(stack.name)) continue;
    for (const [id, { redrive_policy }] of resources(stack, 'aws_sqs_queue')) {
      if (!redrive_policy) continue;
      const { maxReceiveCount } = JSON.parse(String(redrive_policy));
      expect([stack.name, id, maxReceiveCount >= 5]).toEqual([stack.name, id, true]);
    }
  }
});

test('a table is kept from deletion where its environment says so, and nowhere else', () => {
  for (const stack of stacks) {
    for (const [id, { name, deletion_protection_enabled = false }] of resources(stack, 'aws_dynamodb_table')) {
      // The simulated payment system's: nothing is lost with it.
      if (String(name).endsWith('-payment')) continue;
      expect([stack.name, id, deletion_protection_enabled]).toEqual([
        ...[stack.name, id, environmentOf(stack.name)?.deletionProtection],
      ]);
    }
  }
});

test('a function in a VPC may do what Lambda does there in its name', () => {
  const inVpc = stacks.flatMap((stack) =>
    resources(stack, 'aws_lambda_function')
      .filter(([, { vpc_config }]) => vpc_config)
      .map(([, { function_name }]) => ({ stack, function_name })),
  );
  expect(inVpc.length).toBeGreaterThan(0);
  for (const { stack, function_name } of inVpc) {
    const [, policy] = resources(stack, 'aws_iam_role_policy').find(([, { name }]) => name === function_name) ?? [];
    // Source: AWS managed policy reference, "AWSLambdaVPCAccessExecutionRole".
    for (const action of [
      ...['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DeleteNetworkInterface', 'DescribeSubnets'],
      ...['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
    ])
      expect(policy?.policy).toContain(`"ec2:${action}"`);
  }
});

/**
 * What a role may do to anything (`Resource: "*"`), and why. Scanners of a plan see these (checkov: CKV_AWS_290, CKV_AWS_355) and scanners of this JSON don't, because a policy is a text with references in it.
 * Source: Service Authorization Reference, column "Resource types".
 */
const ON_ALL: Readonly<Record<string, string>> = {
  'ec2:(Create|Delete|Describe)NetworkInterfaces?':
    'interfaces that Lambda makes in the name of the role: their ids are not known before, and Lambda looks whether it may for all',
  'ec2:(Assign|Unassign)PrivateIpAddresses': 'the same',
  'ec2:Describe(SecurityGroups|Subnets|Vpcs)': 'takes no resource',
  'cloudwatch:GetMetricData': 'takes no resource',
  'xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets)': 'takes no resource',
  'kinesis:ListStreams': 'takes no resource',
  'logs:(Create|Get|Update|Delete|List)LogDeliver(y|ies)': 'takes no resource',
  'logs:(PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)':
    'Step Functions guide: a narrower resource is refused',
};

test('what Lambda may do to any network interface in the name of a function, the code of the function may not', () => {
  const policies = stacks.flatMap(({ resource }) => policiesOnInterfaces(resource));
  expect(policies.length).toBeGreaterThan(0);
  for (const { name, allowed, denied, functions } of policies) expect([denied, functions]).toEqual([allowed, [name]]);
});

test('no role may do anything to everything but what has a reason here', () => {
  const wide = stacks.flatMap((stack) =>
    resources(stack, 'aws_iam_role_policy').flatMap(([id, { policy }]) => {
      const { Statement } = JSON.parse(String(policy)) as {
        Statement: { Action: string | string[]; Resource: unknown }[];
      };
      return Statement.filter(({ Resource }) => [Resource].flat().includes('*')).flatMap(({ Action }) =>
        [Action].flat().map((action) => ({ action, where: `${stack.name}: ${id} ${action}` })),
      );
    }),
  );
  expect(wide.length).toBeGreaterThan(100);
  const reasons = Object.keys(ON_ALL).map((pattern) => new RegExp(`^${pattern}$`));
  const unreasoned = wide.filter(({ action }) => !reasons.some((reason) => reason.test(action)));
  expect(unreasoned.map(({ where }) => where)).toEqual([]);
  // A reason that has outlived what it was for goes.
  expect(reasons.filter((reason) => !wide.some(({ action }) => reason.test(action)))).toEqual([]);
});
