import { ENVIRONMENTS } from '../../environments';
import { everyStack, resources, type Stack } from './every-stack';

const protectedShops = Object.values(ENVIRONMENTS).flatMap(({ name, regions, shops, brokers }) =>
  regions.flatMap((region) =>
    shops
      .filter(({ protection }) => protection === 'circuit-breaker')
      .map(({ part }) => ({
        prefix: `${name}-${region}-${part}`,
        broker: brokers ? `${name}-${region}-broker` : undefined,
      })),
  ),
);
const stacks = everyStack();

/** The functions that pay orders of a shop: its own consumer, and the one that takes orders from the region's brokers. */
const payers = protectedShops.flatMap(({ prefix, broker }) =>
  [`${prefix}-consumer`, ...(broker ? [`${broker}-consumer`] : [])].map((name) => ({ name, prefix })),
);

function functionNamed(name: string): { stack: Stack; variables: Record<string, string>; policy: string } {
  for (const stack of stacks) {
    const found = resources(stack, 'aws_lambda_function').find(([, { function_name }]) => function_name === name);
    const policy = resources(stack, 'aws_iam_role_policy').find(([, { name: policyName }]) => policyName === name);
    if (!found || !policy) continue;
    const { variables } = found[1].environment as { variables: Record<string, string> };
    return { stack, variables, policy: String(policy[1].policy) };
  }
  throw new Error(`no function ${name}`);
}

test('prod has a consumer of its brokers in each region, and it is one of those held here', () => {
  expect(payers.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['prod-eu-central-1-broker-consumer', 'prod-eu-west-1-broker-consumer']),
  );
});

test.each(protectedShops)('$prefix keeps what waits for as long as SQS can, and rings at half of it', ({ prefix }) => {
  const stack = stacks.find(({ name }) => name === prefix);
  const main = resources(stack as Stack, 'aws_sqs_queue').find(([, { name }]) => name === `${prefix}-orders`);
  expect(main?.[1].message_retention_seconds).toBe(1_209_599);
  const alarms = resources(stack as Stack, 'aws_cloudwatch_metric_alarm').map(([, alarm]) => alarm);
  expect(alarms.find(({ alarm_name }) => alarm_name === `${prefix}-orders-main-expiry`)?.threshold).toBe(604_799);
});

describe.each(payers)('$name', ({ name, prefix }) => {
  const { stack, variables, policy } = functionNamed(name);

  test('asks the breaker of its shop before it pays', () => {
    expect(variables).toMatchObject({
      BREAKER_NAME: `${prefix}-breaker`,
      BREAKER_TABLE: `${prefix}-breaker-breakers`,
      BREAKER_DEPENDENCIES: expect.stringContaining('"payment"'),
    });
  });

  test("may read and change that breaker's table", () => {
    const { Statement } = JSON.parse(policy) as { Statement: { Action: string[]; Resource: string[] }[] };
    const grants = Statement.filter(({ Action }) => Action.includes('dynamodb:PutItem'));
    expect(grants.map(({ Action }) => [...Action].sort())).toEqual([
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    ]);
    expect(grants[0]?.Resource).toEqual([expect.stringMatching(/breaker_?table/i)]);
    expect(stack.name.split('-')[0]).toBe(prefix.split('-')[0]);
  });
});
