import { rule } from '../../../../review/rules/loss/replaced';
import { describeRule, saidOf } from '../../describe-rule';
import { plan, queue, resource } from '../../small-plan';

describeRule(rule);

const because = async (action_reason: string | undefined) => {
  const entry = resource('aws_sqs_queue.orders', queue('orders'), {
    after: { name: 'orders' },
    actions: ['delete', 'create'],
  });
  const [said] = await saidOf(rule, plan({ ...entry, action_reason }));
  return `${said?.why} ${said?.action}`;
};

test('a replacement that somebody asked for is not said to be forced', async () => {
  expect(await because('replace_by_request')).toContain('-replace');
  expect(await because('replace_by_request')).not.toContain('forces');
});

test('nor is one by replace_triggered_by', async () => {
  expect(await because('replace_by_triggers')).toContain('replace_triggered_by');
});

test('one that a change needs is', async () => {
  expect(await because('replace_because_cannot_update')).toContain('forces a replacement');
});
