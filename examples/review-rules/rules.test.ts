import { describeRule } from 'spillway/review/testing';
import rules from './rules';

const queue = { name: 'invoices', arn: 'arn:aws:sqs:eu-central-1:111122223333:invoices' };
const consumer = { event_source_arn: queue.arn, function_name: 'invoices', enabled: true };
const created = (type: string, after: object) => ({
  ...{ address: `${type}.invoices`, mode: 'managed', type, name: 'invoices' },
  change: { actions: ['create'], before: null, after },
});
const plan = (...changes: object[]) => ({ format_version: '1.2', resource_changes: changes });

for (const rule of rules)
  describeRule(rule, {
    cases: [
      ['a queue alone', plan(created('aws_sqs_queue', queue)), ['medium aws_sqs_queue.invoices']],
      [
        'a queue with its consumer',
        plan(created('aws_sqs_queue', queue), created('aws_lambda_event_source_mapping', consumer)),
        [],
      ],
    ],
  });
