import { rule } from '../../../../review/rules/stop/key-disabled';
import { describeRule } from '../../describe-rule';
import { arn, plan, queue, resource } from '../../small-plan';

const alias = { name: 'alias/orders', id: 'alias/orders', arn: arn('kms', 'alias/orders'), target_key_id: 'k' };
const removed = resource('aws_kms_alias.orders', alias, { after: null });
const encrypted = queue('orders', { kms_master_key_id: 'alias/orders' });

describeRule(rule, [
  [
    'an alias goes that a queue names',
    plan(removed, resource('aws_sqs_queue.orders', encrypted)),
    ['critical aws_kms_alias.orders'],
  ],
  ['nothing names it', plan(removed, resource('aws_sqs_queue.orders', queue('orders'))), []],
  [
    'the queue names the key by its ARN from now on',
    plan(
      removed,
      resource('aws_sqs_queue.orders', encrypted, {
        after: queue('orders', { kms_master_key_id: arn('kms', 'key/k') }),
      }),
    ),
    [],
  ],
  [
    'the alias is made again elsewhere in the configuration',
    plan(removed, resource('aws_kms_alias.again', null, { after: alias }), resource('aws_sqs_queue.orders', encrypted)),
    [],
  ],
]);
