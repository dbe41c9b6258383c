import { rule } from '../../../../review/rules/plan/action-invoked';
import { describeRule, saidOf } from '../../describe-rule';

const invoking = (type: string, more: object = {}) => ({
  format_version: '1.2',
  resource_changes: [],
  action_invocations: [{ address: `action.${type}.it`, type, name: 'it', config_values: { message: 'x' }, ...more }],
});

describeRule(rule, [
  ['a message that is published', invoking('aws_sns_publish'), ['medium action.aws_sns_publish.it']],
  [
    'another action is info',
    invoking('aws_cloudfront_create_invalidation'),
    ['info action.aws_cloudfront_create_invalidation.it'],
  ],
  [
    'one that is put off is said as well',
    {
      format_version: '1.2',
      resource_changes: [],
      deferred_action_invocations: [
        { reason: 'x', action_invocation: invoking('aws_lambda_invoke').action_invocations[0] },
      ],
    },
    ['medium action.aws_lambda_invoke.it'],
  ],
]);

test('says to what and when, but nothing that is sensitive, and no payload', async () => {
  const trigger = { triggering_resource_address: 'aws_sns_topic.events', action_trigger_event: 'AfterUpdate' };
  const config = { config_values: { topic_arn: 'arn:aws:sns:eu-west-1:111122223333:events', message: 'x-payload' } };
  const [open] = await saidOf(rule, invoking('aws_sns_publish', { ...config, lifecycle_action_trigger: trigger }));
  expect(open?.after).toBe(
    'publishes a message: arn:aws:sns:eu-west-1:111122223333:events, after update of aws_sns_topic.events',
  );
  const [closed] = await saidOf(
    rule,
    invoking('aws_sns_publish', { ...config, config_sensitive: { topic_arn: true } }),
  );
  expect(closed?.after).toBe('publishes a message, as -invoke asks');
  expect(JSON.stringify([open, closed])).not.toContain('x-payload');
});
