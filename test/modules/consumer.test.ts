import { orderHistory } from '../../functions/shop/order-history/contract';
import { Consumer, type ConsumerProps } from '../../modules/consumer';
import { LambdaFunction } from '../../modules/lambda-function';
import { TieredQueue } from '../../modules/tiered-queue';
import { allowed, synthesized } from './synthesized';

interface Change extends Partial<Omit<ConsumerProps, 'queue' | 'handler'>> {
  timeout?: number;
  visibilityTimeout?: number;
  reservedConcurrency?: number;
  fifo?: boolean;
}

const stack = ({ timeout, visibilityTimeout, reservedConcurrency, fifo, ...change }: Change = {}) =>
  synthesized((scope) => {
    const queue = new TieredQueue(scope, 'orders', { queueName: 'orders', visibilityTimeout, fifo });
    const handler = new LambdaFunction(scope, 'handler', {
      contract: orderHistory,
      functionName: 'handler',
      description: 'Handles orders',
      environment: { ORDERS_TABLE: 'orders' },
      timeout,
      reservedConcurrency,
    });
    new Consumer(scope, 'consumer', { queue, handler, ...change });
  });
const mapping = (change?: Change) => stack(change).one('aws_lambda_event_source_mapping', 'mapping');

test('one failed message fails alone, and the mapping keeps to the function’s reserved concurrency', () => {
  expect(mapping({ reservedConcurrency: 10 })).toMatchObject({
    batch_size: 10,
    function_response_types: ['ReportBatchItemFailures'],
    scaling_config: { maximum_concurrency: 10 },
    enabled: true,
  });
});

test('the function may read the main queue and write to repair: nothing more, and nothing of the parked tier', () => {
  const may = allowed(stack(), 'handler/policy').filter((line) => line.startsWith('sqs:'));
  expect(may.map((line) => line.replace(/_[0-9A-F]{8}/, ''))).toEqual([
    'sqs:ChangeMessageVisibility on ${aws_sqs_queue.orders_main.arn}',
    'sqs:DeleteMessage on ${aws_sqs_queue.orders_main.arn}',
    'sqs:GetQueueAttributes on ${aws_sqs_queue.orders_main.arn}',
    'sqs:ReceiveMessage on ${aws_sqs_queue.orders_main.arn}',
    'sqs:SendMessage on ${aws_sqs_queue.orders_repair.arn}',
  ]);
});

test('a mapping that a breaker switches is left alone by the next apply', () => {
  expect(mapping({ switchedAtRunTime: true }).lifecycle).toEqual({ ignore_changes: ['enabled', 'scaling_config'] });
  expect(mapping()).not.toHaveProperty('lifecycle');
});

test('patterns are passed on as Lambda wants them', () => {
  const pattern = { body: { currency: ['USD'] } };
  expect(mapping({ filterPatterns: [pattern] }).filter_criteria).toEqual({
    filter: [{ pattern: JSON.stringify(pattern) }],
  });
});

test.each<[Change, string]>([
  [
    { timeout: 30, visibilityTimeout: 60 },
    "visibilityTimeout of 60 s, but the handler's timeout is 30 s; Lambda needs at least 6 × (180 s)",
  ],
  [
    { reservedConcurrency: 5, maximumConcurrency: 10 },
    "maximumConcurrency is 10, above the handler's reservedConcurrency of 5",
  ],
  [{ maximumConcurrency: 1 }, 'maximumConcurrency is 1; Lambda takes whole numbers from 2 to 1,000'],
  [{ reservedConcurrency: 1 }, 'handler has a reservedConcurrency of 1, and a mapping starts at least 2'],
  [{ reservedConcurrency: 0 }, 'handler has a reservedConcurrency of 0'],
  [
    { timeout: 30, visibilityTimeout: 199, batchSize: 100, batchingWindow: 20 },
    "handler's timeout is 30 s and the batchingWindow 20 s; Lambda needs at least 6 × and the window (200 s)",
  ],
  [{ batchSize: 100 }, 'batchSize is 100 with a batchingWindow of 0 s'],
  [{ batchSize: 11, batchingWindow: 1, fifo: true }, 'batchSize is 11'],
  [{ batchingWindow: 301 }, 'batchingWindow is 301 s'],
  [{ filterPatterns: [{}, {}, {}, {}, {}, {}] }, 'filterPatterns has 6 patterns'],
])('%j does not synthesize', (change, message) => {
  expect(() => stack(change)).toThrow(message);
});

test('a batch of 100 with a window is fine', () => {
  expect(mapping({ batchSize: 100, batchingWindow: 1, visibilityTimeout: 181 })).toMatchObject({
    batch_size: 100,
    maximum_batching_window_in_seconds: 1,
  });
});
