import { markdown } from '../../review/report/markdown';
import { terminal } from '../../review/report/terminal';
import { headlines, reviewOfFile } from './plan-files';

/** What a careful reviewer lists for each real plan: all of it, and nothing else above info. */
const EXPECTED: Record<string, string[]> = {
  noop: [],
  'pause-consumer': ['high stop/mapping-disabled aws_lambda_event_source_mapping.orders'],
  'add-second-consumer': [
    'high loss/competing-consumers aws_lambda_event_source_mapping.audit',
    'high stop/key-permission aws_lambda_function.audit',
  ],
  brokers: [
    'critical stop/brokers-together aws_mq_broker.east',
    'high stop/broker-restart aws_mq_broker.east',
    'high stop/broker-restart aws_mq_broker.west',
    'low cost/increase aws_mq_broker.east',
    'low cost/increase aws_mq_broker.west',
  ],
  'rename-queue': [
    'critical loss/renamed aws_sqs_queue.orders',
    'medium loss/route-replaced aws_sns_topic_subscription.orders',
    'low stop/mapping-replaced aws_lambda_event_source_mapping.orders',
  ],
  'retention-and-blindness': [
    'high blind/alarm-removed aws_cloudwatch_metric_alarm.parked',
    'high loss/dead-letter-retention aws_sqs_queue.parked',
    'high loss/retention-shortened aws_kinesis_stream.clicks',
    'high loss/retention-shortened aws_sqs_queue.parked',
    'medium blind/log-retention aws_cloudwatch_log_group.consumer',
  ],
  'standard-to-fifo': [
    'critical loss/replaced aws_sqs_queue.orders',
    'critical loss/replaced aws_sqs_queue.parked',
    'critical loss/replaced aws_sqs_queue.repair',
    'high blind/alarm-orphaned aws_cloudwatch_metric_alarm.parked',
    'high loss/dead-letter-type aws_sns_topic_subscription.orders',
    'high stop/deduplication aws_sqs_queue.orders',
    'high stop/deduplication aws_sqs_queue.parked',
    'high stop/deduplication aws_sqs_queue.repair',
    'high stop/subscription-type aws_sns_topic_subscription.orders',
    'medium loss/route-replaced aws_sns_topic_subscription.orders',
    'low stop/mapping-replaced aws_lambda_event_source_mapping.orders',
  ],
  storm: [
    'critical storm/visibility aws_sqs_queue.orders',
    'high storm/concurrency-above-reserved aws_lambda_function.consumer',
    'high storm/partial-batch aws_lambda_event_source_mapping.orders',
    'high storm/receive-count aws_sqs_queue.orders',
  ],
  'destroy-all': [
    'critical loss/destroyed aws_dynamodb_table.orders',
    'critical loss/destroyed aws_kinesis_stream.clicks',
    'critical loss/destroyed aws_mq_broker.east',
    'critical loss/destroyed aws_mq_broker.west',
    'critical loss/destroyed aws_sqs_queue.orders',
    'critical loss/destroyed aws_sqs_queue.parked',
    'critical loss/destroyed aws_sqs_queue.repair',
    'high loss/destroyed aws_sfn_state_machine.saga',
    'high loss/destroyed aws_sns_topic.events',
    'low blind/logs-removed aws_cloudwatch_log_group.consumer',
  ],
  create: [
    'high exposure/plain-secret aws_mq_broker.east',
    'high exposure/plain-secret aws_mq_broker.west',
    'high stop/key-permission aws_lambda_function.consumer',
    'high stop/key-sender aws_kms_key.messages',
    'high stop/queue-policy aws_sqs_queue.orders',
    'high stop/queue-policy aws_sqs_queue.parked',
    'medium exposure/encryption-off aws_kinesis_stream.clicks',
    'low blind/alarm-silent aws_cloudwatch_metric_alarm.parked',
  ],
};

describe('real plans', () => {
  test.each(Object.keys(EXPECTED))('%s gives the findings of a careful reviewer', async (name) => {
    const found = headlines(await reviewOfFile(name)).filter((line) => !line.startsWith('info'));
    expect(found).toEqual(EXPECTED[name]);
  });

  test('tracing that left the configuration is told, though the plan shows no change of it', async () => {
    expect(headlines(await reviewOfFile('retention-and-blindness'))).toContain(
      'info blind/tracing-removed aws_lambda_function.consumer',
    );
  });

  test('replacements are counted as replacements', async () => {
    const { counts } = await reviewOfFile('standard-to-fifo');
    expect(counts).toMatchObject({ create: 0, update: 3, replace: 5, destroy: 0 });
  });

  test('a rename comes with the moved block that saves the queue', async () => {
    const [worst] = (await reviewOfFile('rename-queue')).findings;
    const block = 'moved {\n  from = aws_sqs_queue.orders\n  to   = aws_sqs_queue.coffee\n}';
    expect(worst?.action).toContain(block);
    const review = await reviewOfFile('rename-queue');
    // Terraform refuses two arguments in one line.
    expect(markdown([review], [])).toContain(`<pre>${block}</pre>`);
    expect(terminal([review], [], { colour: false })).toContain(
      '\n           from = aws_sqs_queue.orders\n           to   =',
    );
  });

  test('account and region come from the state, and say so when there is none', async () => {
    expect(await reviewOfFile('storm')).toMatchObject({
      accounts: ['000000000000', '123456789012'],
      regions: ['us-east-1'],
    });
    expect(await reviewOfFile('create')).toMatchObject({ accounts: [], regions: ['us-east-1'] });
  });

  test('the storm plan says what half an hour and four hours would cost, before and after', async () => {
    const review = await reviewOfFile('storm');
    const [outage] = review.outages;
    expect(outage?.settings.before).toContain('maxReceiveCount 3');
    expect(outage?.settings.after).toContain('maxReceiveCount 100');
    expect(outage?.estimates.map(({ outageSeconds }) => outageSeconds)).toEqual([1800, 14_400]);
    const [short, long] = outage?.estimates ?? [];
    for (const estimate of [short, long]) expect(estimate?.after.recoverySeconds).toBeUndefined();
    expect(long?.before.wastedSeconds).toBeGreaterThan(short?.before.wastedSeconds ?? Number.POSITIVE_INFINITY);
    expect(markdown([review], [])).toContain('| an outage of | 30 minutes | 4 hours |');
    expect(terminal([review], [], { colour: false })).toMatch(/An outage of 4 hours behind aws_sqs_queue\.orders: /);
  });
});
