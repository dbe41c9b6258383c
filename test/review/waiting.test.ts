import { reviewOf } from './plan-files';
import { arn, plan, queue, resource } from './small-plan';

const table = {
  name: 'orders',
  arn: arn('dynamodb', 'table/orders'),
  stream_arn: arn('dynamodb', 'table/orders/stream/1'),
};
const stream = { name: 'clicks', arn: arn('kinesis', 'stream/clicks'), retention_period: 48 };

test.each<[string, Record<string, unknown>, string, string]>([
  ['aws_sqs_queue.s', queue('orders'), arn('sqs', 'orders'), 'Messages pile up, and those older than 4 days'],
  ['aws_kinesis_stream.s', stream, stream.arn, 'Records pile up, and those older than 2 days'],
  ['aws_dynamodb_table.s', table, table.stream_arn, 'Records pile up, and those older than 1 day'],
])('what waits at %s while nobody reads it, and for how long', async (address, attributes, source, sentence) => {
  const mapping = { function_name: arn('lambda', 'function:consumer'), event_source_arn: source, enabled: true };
  for (const after of [{ ...mapping, enabled: false }, null]) {
    const { findings } = await reviewOf(
      plan(resource(address, attributes), resource('aws_lambda_event_source_mapping.m', mapping, { after })),
    );
    expect(findings.map(({ why }) => why).join('\n')).toContain(sentence);
  }
});
