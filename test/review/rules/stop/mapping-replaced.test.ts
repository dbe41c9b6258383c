import { rule } from '../../../../review/rules/stop/mapping-replaced';
import { describeRule, saidOf } from '../../describe-rule';
import { arn, plan, resource } from '../../small-plan';

describeRule(rule);

test.each([
  ['replace_because_tainted', /^It is marked as tainted/, /^If it works as it is, `terraform untaint '/],
  ['replace_by_request', /^Somebody asked for it with -replace/, /^Plan again without `-replace='/],
])('%s of a function or a mapping is said to be no change of the configuration', async (reason, why, action) => {
  const replaced = (address: string, values: object) => ({
    ...resource(address, { ...values }, { actions: ['delete', 'create'] }),
    action_reason: reason,
  });
  const function_name = arn('lambda', 'function:orders');
  const said = await saidOf(
    rule,
    plan(
      replaced('aws_lambda_function.orders', { function_name: 'orders', arn: function_name }),
      replaced('aws_lambda_event_source_mapping.orders', { function_name, event_source_arn: arn('sqs', 'orders') }),
    ),
  );
  const cause = { why: expect.stringMatching(why), action: expect.stringMatching(action) };
  expect(said).toEqual([expect.objectContaining(cause), expect.objectContaining(cause)]);
});
