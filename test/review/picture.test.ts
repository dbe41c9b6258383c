import { reviewOf } from './plan-files';
import { arn, plan, queue, resource } from './small-plan';

const fn = arn('lambda', 'function:orders');
const nodesOf = (picture: string | undefined) =>
  [...(picture ?? '').matchAll(/\["[+~±−○ ]*([^"]+)"\]/g)].map(([, node]) => node);

test('the picture draws what the rules follow: aliases, notifications, schedules and their dead letters', async () => {
  const schedule = {
    name: 'nightly',
    target: [{ arn: arn('sqs', 'orders'), dead_letter_config: [{ arn: arn('sqs', 'late') }] }],
  };
  const { picture } = await reviewOf(
    plan(
      resource('aws_sqs_queue.orders', queue('orders')),
      resource('aws_sqs_queue.late', queue('late')),
      resource('aws_s3_bucket.in', { bucket: 'in', id: 'in', arn: 'arn:aws:s3:::in' }),
      resource('aws_s3_bucket_notification.in', null, {
        after: { bucket: 'in', queue: [{ queue_arn: arn('sqs', 'orders') }] },
      }),
      resource('aws_scheduler_schedule.nightly', null, { after: schedule }),
      resource('aws_sns_topic.events', { name: 'events', arn: arn('sns', 'events'), id: arn('sns', 'events') }),
      resource('aws_lambda_function.orders', { function_name: 'orders', arn: fn }),
      resource('aws_lambda_alias.live', { name: 'live', function_name: 'orders', arn: `${fn}:live` }),
      resource('aws_sns_topic_subscription.orders', null, {
        after: { topic_arn: arn('sns', 'events'), protocol: 'lambda', endpoint: `${fn}:live` },
      }),
    ),
  );
  expect(nodesOf(picture).sort()).toEqual([
    'aws_lambda_function.orders',
    'aws_s3_bucket.in',
    'aws_scheduler_schedule.nightly',
    'aws_sns_topic.events',
    'aws_sqs_queue.late',
    'aws_sqs_queue.orders',
  ]);
  expect(picture?.match(/dead letters \+ new/g)).toHaveLength(1);
});
