import { join } from 'node:path';
import { readPlan } from '../../review/plan/read';
import { Policy } from '../../review/policy/policy';
import { terminal } from '../../review/report/terminal';
import { reviewPlan } from '../../review/review';
import { headlines, TODAY } from './plan-files';

interface Case {
  readonly headlines: readonly string[];
  readonly says?: readonly string[];
  readonly never?: readonly string[];
}

/** Small plans that a review is easily wrong about: all that it has to say, and what it must not claim. */
const CASES: Readonly<Record<string, Case>> = {
  'second-queue-policy': {
    headlines: ['high loss/overwritten aws_sqs_queue_policy.b', 'high stop/queue-policy aws_sqs_queue_policy.b'],
  },
  'redrive-resource-removed-inline-stays': {
    headlines: ['high loss/inline-cleared aws_sqs_queue_redrive_policy.orders'],
    says: ['until the next one aws_sqs_queue.orders has no dead-letter queue'],
  },
  'schedule-group-destroyed': {
    headlines: ['critical loss/destroyed aws_scheduler_schedule_group.reminders'],
    says: ['those that applications made'],
  },
  'provider-region-changed': {
    headlines: ['critical loss/left-behind aws_dynamodb_table.orders'],
    says: ['still in us-east-1', 'no state knows it any more'],
    never: ['Somebody', 'deleted outside'],
  },
  'renamed-other-bucket-prefix': {
    headlines: ['high loss/destroyed aws_s3_bucket.a'],
    says: ['its data goes for good'],
    never: ['moved {', 'It is the same'],
  },
  'count-shift': {
    headlines: ['critical loss/index-shifted aws_sqs_queue.q[0]'],
    says: ['for_each', 'from = aws_sqs_queue.q[1]', 'to   = aws_sqs_queue.q["b"]', 'from = aws_sqs_queue.q[2]'],
  },
  'destroy-that-aws-refuses': {
    headlines: ['high loss/destroyed aws_dynamodb_table.t', 'high loss/destroyed aws_s3_bucket.in'],
    says: ['The apply will fail: its deletion protection is on', 'The apply will fail unless it is empty'],
    never: ['loses every'],
  },
  'kms-key-destroyed-in-use': {
    headlines: ['critical loss/destroyed aws_kms_key.k'],
    says: ['unusable from the moment its deletion is scheduled', 'It encrypts aws_sqs_queue.orders'],
  },
  'maximum-concurrency-removed': {
    headlines: ['medium storm/limit-loosened aws_lambda_event_source_mapping.orders'],
    says: ['1,000 batches at once'],
  },
  'visibility-12-hours': {
    headlines: ['medium stop/visibility-long aws_sqs_queue.orders'],
    says: ['comes back after 12 hours'],
  },
  'replaced-not-a-queue': {
    headlines: ['high loss/replaced aws_secretsmanager_secret.db'],
    says: ['the right to read it'],
    never: ['senders', 'drain'],
  },
  'replace-tainted': {
    headlines: ['critical loss/replaced aws_sqs_queue.orders'],
    says: ['tainted', "terraform untaint 'aws_sqs_queue.orders'"],
    never: ['forces a replacement'],
  },
  'precondition-failed': {
    headlines: ['high plan/check-failed aws_sqs_queue.orders', 'high plan/incomplete precondition-failed'],
    says: ['nothing of this plan can be applied'],
    never: ['only warns'],
  },
  'security-group-text': {
    headlines: ['ping', 'range', 'web'].map((name) => `info exposure/public aws_security_group.${name}`),
    says: ['tcp ports 79 to 81', 'ICMP echo request', 'tcp port 443'],
    never: ['SourceArn'],
  },
  'sns-fifo-text': {
    headlines: ['high loss/replaced aws_sns_topic.events', 'high stop/deduplication aws_sns_topic.events'],
    says: ['3,000 messages a second, and 300 a second in each message group', 'new topic beside'],
    never: ['300 sends'],
  },
};

test.each(Object.entries(CASES))('%s', async (name, { headlines: expected, says = [], never = [] }) => {
  const review = reviewPlan(await readPlan(join(__dirname, 'cases/plans', `${name}.json`)), new Policy({}, TODAY));
  expect(headlines(review)).toEqual(expected);
  const report = terminal([review], [], { colour: false });
  for (const words of says) expect(report).toContain(words);
  for (const words of never) expect(report).not.toContain(words);
});
