import type { Json } from '../changed-plans';
import { arn, plan, queue, reference, resource } from '../small-plan';
import { FUNCTION, type Mishap, made, testMishaps, there } from './mishaps';

/** Something that Terraform no longer finds, and makes again. */
function notFound(address: string, before: Json, after: Json, provider: Json, more: Json = {}): Json {
  const [type = '', name = ''] = address.split('.');
  const found = plan(resource(address, null, { after, unknown: { arn: true, id: true }, expressions: {} }));
  const { root_module } = found.configuration as Json;
  const change = { actions: ['delete'], before, after: null, after_unknown: {} };
  return {
    ...{ ...found, ...more },
    resource_drift: [{ address, mode: 'managed', type, name, change }],
    configuration: { provider_config: { aws: { name: 'aws', expressions: provider } }, root_module },
  };
}
const inVirginia = { ...queue('orders'), arn: 'arn:aws:sqs:us-east-1:111122223333:orders' };

describe('not found where Terraform looks', () => {
  const orders = (before: Json, after: Json, provider: Json, more?: Json) =>
    notFound('aws_sqs_queue.orders', before, { name: 'orders', ...after }, provider, more);
  const left = ['critical loss/left-behind aws_sqs_queue.orders'];
  testMishaps([
    [
      'the provider’s region is a variable',
      orders(inVirginia, {}, { region: reference('var.region') }, { variables: { region: { value: 'eu-central-1' } } }),
      left,
    ],
    ['the resource has a region of its own', orders(inVirginia, { region: 'eu-central-1' }, {}), left],
    [
      'the provider is held to another account',
      orders(queue('orders'), {}, { allowed_account_ids: { constant_value: ['999999999999'] } }),
      left,
      { says: ['account 999999999999'] },
    ],
    [
      'nothing says where the provider looks',
      orders(inVirginia, {}, {}),
      ['high loss/gone-outside aws_sqs_queue.orders'],
      { never: ['Nobody deleted it'] },
    ],
  ]);
});

describe('the same, or another', () => {
  const pair = (type: string, from: Json, to: Json, options: Parameters<typeof resource>[2] = {}) =>
    plan(resource(`${type}.a`, from, { after: null }), made(`${type}.b`, to, { expressions: {}, ...options }));
  const says = (rule: string, type: string): readonly string[] => [`critical loss/${rule} ${type}.a`];
  const other = (
    what: string,
    type: string,
    from: Json,
    to: Json,
    options?: Parameters<typeof resource>[2],
  ): Mishap => [what, pair(type, from, to, options), says('destroyed', type), { never: ['It is the same'] }];
  testMishaps([
    other('equal defaults and an unknown name', 'aws_sqs_queue', queue('orders'), { visibility_timeout_seconds: 180 }),
    other('another region', 'aws_sqs_queue', queue('orders'), { name: 'orders', region: 'us-east-1' }),
    other(
      'a provider of which nobody knows where it is',
      'aws_sqs_queue',
      queue('orders'),
      { name: 'orders' },
      { provider: 'aws.partner' },
    ),
    other(
      'a table with another key',
      'aws_dynamodb_table',
      { name: 'orders', id: 'orders', hash_key: 'id' },
      { name: 'orders', hash_key: 'order' },
    ),
    other(
      'a broker of another engine',
      'aws_mq_broker',
      { broker_name: 'shop', id: 'b-1', engine_type: 'RabbitMQ' },
      { broker_name: 'shop', engine_type: 'ActiveMQ' },
    ),
    [
      'a cache of that name',
      pair('aws_elasticache_replication_group', { replication_group_id: 'shop' }, { replication_group_id: 'shop' }),
      says('renamed', 'aws_elasticache_replication_group'),
      { says: ['moved {'] },
    ],
    [
      'a domain of that name',
      pair('aws_opensearch_domain', { domain_name: 'shop' }, { domain_name: 'shop' }),
      says('renamed', 'aws_opensearch_domain'),
    ],
  ]);
});

describe('a list behind count', () => {
  const LETTERS = [...'abc'];
  /** The first of three goes. */
  const shifted = (type: string, at: (letter: string, index: number) => Json) =>
    LETTERS.map((letter, index) => {
      const next = LETTERS[index + 1];
      const after = next === undefined ? null : at(next, index + 1);
      return resource(`${type}.x`, at(letter, index), {
        ...{ index, after, actions: after === null ? ['delete'] : ['delete', 'create'] },
      });
    });
  const subscription = (letter: string) => ({
    ...{ topic_arn: arn('sns', 'events'), protocol: 'sqs', endpoint: arn('sqs', letter) },
  });
  const mapping = (letter: string) => ({ event_source_arn: arn('sqs', letter), function_name: FUNCTION });
  testMishaps([
    [
      'one is put in before a single one',
      plan(
        resource('aws_sqs_queue.q', queue('a'), { index: 0, after: queue('x'), actions: ['delete', 'create'] }),
        made('aws_sqs_queue.q', { name: 'a' }, { index: 1 }),
      ),
      ['critical loss/index-shifted aws_sqs_queue.q[0]'],
    ],
    [
      'of caches',
      plan(...shifted('aws_elasticache_replication_group', (letter) => ({ replication_group_id: letter }))),
      ['critical loss/index-shifted aws_elasticache_replication_group.x[0]'],
      { says: ['a is in the list no more and goes for good'] },
    ],
    [
      'of subscriptions',
      plan(...shifted('aws_sns_topic_subscription', subscription)),
      [
        'high loss/index-shifted aws_sns_topic_subscription.x[0]',
        'high loss/route-removed aws_sns_topic_subscription.x[0]',
      ],
    ],
    [
      'of mappings, of which AWS takes one for each queue and function',
      plan(...shifted('aws_lambda_event_source_mapping', mapping)),
      [
        'high stop/mapping-removed aws_lambda_event_source_mapping.x[0]',
        'medium loss/index-shifted aws_lambda_event_source_mapping.x[0]',
      ],
      { says: ['AWS refuses a second one while the old one is there'] },
    ],
    [
      'of log groups',
      plan(...shifted('aws_cloudwatch_log_group', (letter) => ({ name: `/${letter}` }))),
      [
        'medium blind/logs-removed aws_cloudwatch_log_group.x[0]',
        'medium loss/index-shifted aws_cloudwatch_log_group.x[0]',
      ],
    ],
    [
      'of queues with their policies is one finding',
      plan(
        ...shifted('aws_sqs_queue', (letter) => queue(letter)),
        ...shifted('aws_sqs_queue_policy', (letter) => ({ queue_url: queue(letter).url, policy: '{}' })),
      ),
      ['critical loss/index-shifted aws_sqs_queue.x[0]'],
    ],
    [
      'the last goes',
      plan(
        there('aws_sqs_queue_policy.x', { queue_url: queue('a').url }, { index: 0 }),
        there('aws_sqs_queue_policy.x', { queue_url: queue('b').url }, { index: 1, after: null }),
      ),
      [],
    ],
  ]);
});
