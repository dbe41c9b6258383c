import { markdown } from '../../review/report/markdown';
import { terminal } from '../../review/report/terminal';
import { headlines, reviewOf } from './plan-files';
import { arn, constant, plan, reference, resource } from './small-plan';

const stream = (shards: number) => ({ name: 'clicks', arn: arn('kinesis', 'stream/clicks'), shard_count: shards });
const fn = {
  function_name: 'notify',
  arn: arn('lambda', 'function:notify'),
  memory_size: 1024,
  architectures: ['arm64'],
};

test('a number that only the apply will tell makes the price unknown, not zero', async () => {
  const { shard_count: _, ...rest } = stream(4);
  const { cost, ...review } = await reviewOf(
    plan(resource('aws_kinesis_stream.clicks', stream(4), { after: rest, unknown: { shard_count: true } })),
  );
  expect(cost).toMatchObject({ items: [], before: 0, after: 0, unknown: ['aws_kinesis_stream.clicks'] });
  for (const text of [markdown([{ ...review, cost }], []), terminal([{ ...review, cost }], [], { colour: false })])
    expect(text).toMatch(/only (after )?the apply[^\n]*aws_kinesis_stream/i);
});

test('what AWS fills in by itself has its default’s price', async () => {
  const { cost } = await reviewOf(
    plan(
      resource('aws_lambda_function.notify', null, {
        after: { function_name: 'notify', memory_size: 1024 },
        unknown: { arn: true, architectures: true },
        expressions: { memory_size: constant(1024) },
      }),
    ),
  );
  expect(cost.unknown).toEqual([]);
  expect(cost.after).toBeCloseTo(1.67, 2);
});

test.each([
  ['a size that the configuration does not have', { memory_size: true }, { architectures: ['arm64'] }, {}],
  [
    'an architecture that only the apply will tell',
    { architectures: [true] },
    { memory_size: 1024, architectures: [null] },
    { architectures: reference('var.architecture') },
  ],
])('%s makes no other price', async (_, unknown, after, expressions) => {
  const { function_name, arn: address } = fn;
  const { cost } = await reviewOf(
    plan(
      resource('aws_lambda_function.notify', fn, {
        after: { function_name, arn: address, ...after },
        unknown,
        expressions: { function_name: constant('notify'), ...expressions },
      }),
    ),
  );
  expect(cost).toMatchObject({ items: [], before: 0, after: 0 });
});

test('provisioned concurrency is paid for by the function’s memory, used or not', async () => {
  const { cost } = await reviewOf(
    plan(
      resource('aws_lambda_function.notify', fn),
      resource('aws_lambda_provisioned_concurrency_config.live', null, {
        after: { function_name: 'notify', qualifier: 'live', provisioned_concurrent_executions: 50 },
      }),
    ),
  );
  expect(cost.after).toBeCloseTo(50 * 0.0000033334 * 3600 * 730, 2);
});

test('an instance that the price table does not have is named in every report', async () => {
  const review = await reviewOf(
    plan(
      resource('aws_mq_broker.rabbit', null, { after: { broker_name: 'rabbit', host_instance_type: 'mq.m8g.large' } }),
    ),
  );
  expect(review.cost.unpriced).toEqual(['aws_mq_broker.rabbit']);
  expect(markdown([review], [])).toContain('Not in the price table: <code>aws_mq_broker.rabbit</code>');
  expect(terminal([review], [], { colour: false })).toContain('no price in the table: aws_mq_broker.rabbit');
});

test.each([
  ['aws_mq_broker.rabbit', { host_instance_type: 'mq.m7g.large', deployment_mode: 'CLUSTER_MULTI_AZ' }, 3 * 0.2734],
  [
    'aws_msk_cluster.shop',
    { broker_node_group_info: [{ instance_type: 'kafka.m7g.large' }], number_of_broker_nodes: 3 },
    3 * 0.204,
  ],
])('%s on Graviton has a price', async (address, after, hourly) => {
  const { cost } = await reviewOf(plan(resource(address, null, { after })));
  expect(cost.after).toBeCloseTo(hourly * 730, 2);
});

describe('many small increases', () => {
  const streams = (count: number, before: ReturnType<typeof stream> | null) =>
    Array.from({ length: count }, (_, index) =>
      resource(`aws_kinesis_stream.s${index}`, before && { ...before, name: `s${index}` }, {
        after: { ...stream(before ? 2 : 1), name: `s${index}` },
      }),
    );

  test.each<[string, number, ReturnType<typeof stream> | null, string[]]>([
    ['below the threshold together', 4, null, []],
    ['above it, all new', 5, null, ['info cost/increase test']],
    ['above it, some grown', 5, stream(1), ['low cost/increase test']],
  ])('%s', async (_, count, before, expected) => {
    const found = headlines(await reviewOf(plan(...streams(count, before)))).filter((line) => line.includes('cost/'));
    expect(found).toEqual(expected);
  });
});
