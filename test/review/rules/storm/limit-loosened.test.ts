import { rule } from '../../../../review/rules/storm/limit-loosened';
import { describeRule } from '../../describe-rule';
import { arn, plan, resource } from '../../small-plan';

const address = 'aws_lambda_event_source_mapping.clicks';
const mapping = {
  event_source_arn: arn('kinesis', 'stream/clicks'),
  function_name: 'clicks',
  starting_position: 'LATEST',
};
const limits = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  plan(resource(address, { ...mapping, ...before }, { after: { ...mapping, ...after } }));
const batches = (count: number) => ({ scaling_config: [{ maximum_concurrency: count }] });
const reserved = (count: number) =>
  resource('aws_lambda_function.clicks', { function_name: 'clicks', reserved_concurrent_executions: count });
const throttle = (before: number, after: number) => {
  const stage = (rate: number) => ({ api_id: 'a', default_route_settings: [{ throttling_rate_limit: rate }] });
  return plan(resource('aws_apigatewayv2_stage.orders', stage(before), { after: stage(after) }));
};

const deliveries = (before: number, after: number | undefined) => {
  const hook = (rate: number | undefined) => ({
    ...{ topic_arn: arn('sns', 'orders'), protocol: 'https', endpoint: 'https://partner.example/orders' },
    delivery_policy: rate === undefined ? '' : JSON.stringify({ throttlePolicy: { maxReceivesPerSecond: rate } }),
  });
  return plan(resource('aws_sns_topic_subscription.hook', hook(before), { after: hook(after) }));
};

describeRule(rule, [
  ['retries without end', limits({ maximum_retry_attempts: 5 }, { maximum_retry_attempts: -1 }), [`medium ${address}`]],
  [
    'retries are left out',
    limits({ maximum_retry_attempts: 5 }, { maximum_retry_attempts: null }),
    [`medium ${address}`],
  ],
  ['five retries become ten', limits({ maximum_retry_attempts: 5 }, { maximum_retry_attempts: 10 }), []],
  [
    'the age of a record still ends it',
    limits(
      { maximum_retry_attempts: 5, maximum_record_age_in_seconds: 3600 },
      { maximum_retry_attempts: -1, maximum_record_age_in_seconds: 3600 },
    ),
    [],
  ],
  [
    'ten batches of a shard at once',
    limits({ parallelization_factor: 1 }, { parallelization_factor: 10 }),
    [`medium ${address}`],
  ],
  ['two batches of a shard at once', limits({ parallelization_factor: 1 }, { parallelization_factor: 2 }), []],
  ['an API lets in a thousand times as much', throttle(10, 10_000), ['medium aws_apigatewayv2_stage.orders']],
  ['an API has no limit any more', throttle(10, 0), ['medium aws_apigatewayv2_stage.orders']],
  [
    'deliveries to an endpoint have no limit any more',
    deliveries(5, undefined),
    ['medium aws_sns_topic_subscription.hook'],
  ],
  ['deliveries to an endpoint are twice as many', deliveries(5, 10), []],
  ['an API lets in twice as much', throttle(100, 200), []],
  ['ten batches become a thousand', limits(batches(10), batches(1000)), [`medium ${address}`]],
  ['two batches become ten', limits(batches(2), batches(10)), []],
  [
    'the function has a reservation',
    plan(
      reserved(20),
      resource(address, { ...mapping, ...batches(10) }, { after: { ...mapping, scaling_config: [] } }),
    ),
    [],
  ],
]);
