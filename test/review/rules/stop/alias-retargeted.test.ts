import { rule } from '../../../../review/rules/stop/alias-retargeted';
import { describeRule } from '../../describe-rule';
import { arn, plan, resource } from '../../small-plan';

const LIVE = arn('lambda', 'function:orders:live');
const fn = (name: string) =>
  resource(`aws_lambda_function.${name}`, { function_name: name, arn: arn('lambda', `function:${name}`) });
const alias = (before: object, after: object, actions = ['update'], unknown = {}) => {
  const common = { name: 'live', arn: LIVE, function_name: 'orders', function_version: '12' };
  return resource(
    'aws_lambda_alias.live',
    { ...common, ...before },
    { after: { ...common, ...after }, actions, unknown },
  );
};
const mapping = resource('aws_lambda_event_source_mapping.orders', {
  event_source_arn: arn('sqs', 'orders'),
  function_name: LIVE,
});
const subscription = resource('aws_sns_topic_subscription.orders', {
  topic_arn: arn('sns', 'orders'),
  protocol: 'lambda',
  endpoint: LIVE,
});
const permission = (qualifier: string | null) =>
  resource('aws_lambda_permission.orders', { function_name: 'orders', qualifier, principal: 'sns.amazonaws.com' });

const back = alias({}, { function_version: '9' });
const elsewhere = alias({}, { function_name: 'shipping' }, ['delete', 'create']);
const functions = [fn('orders'), fn('shipping')];

describeRule(rule, [
  ['a version that moves back is told', plan(...functions, back, mapping), ['medium aws_lambda_alias.live']],
  ['so it is to a subscription', plan(...functions, back, subscription), ['medium aws_lambda_alias.live']],
  [
    'so it is to a permission of the alias',
    plan(...functions, back, permission('live')),
    ['medium aws_lambda_alias.live'],
  ],
  ['another function is told', plan(...functions, elsewhere, mapping), ['high aws_lambda_alias.live']],
  [
    'another function is told to a permission',
    plan(...functions, elsewhere, permission('live')),
    ['high aws_lambda_alias.live'],
  ],
  ['an alias that nobody uses is nobody’s matter', plan(...functions, back), []],
  ['a permission of the function itself is not of the alias', plan(...functions, back, permission(null)), []],
  ['the next version is silent', plan(...functions, alias({}, { function_version: '13' }), mapping), []],
  [
    'a version that is not known yet is silent',
    plan(...functions, alias({}, { function_version: null }, ['update'], { function_version: true }), mapping),
    [],
  ],
  [
    'the same function by its ARN is silent',
    plan(...functions, alias({}, { function_name: arn('lambda', 'function:orders') }), mapping),
    [],
  ],
  [
    'what is not published yet has no number',
    plan(...functions, alias({ function_version: '$LATEST' }, {}), mapping),
    [],
  ],
]);
