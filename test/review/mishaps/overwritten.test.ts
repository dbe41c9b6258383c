import type { Json } from '../changed-plans';
import { arn, plan, queue, resource } from '../small-plan';
import { FUNCTION, type Mishap, made, testMishaps, there } from './mishaps';

const URL = queue('orders').url;
/** The second of a type beside one that is there, the same or spelled otherwise. */
const second = (type: string, old: Json, fresh: Json = old, ...beside: Json[]) =>
  plan(...beside, there(`${type}.old`, old), made(`${type}.fresh`, fresh));
const overwritten = (type: string, severity = 'high') => [`${severity} loss/overwritten ${type}.fresh`];
const bySpelling = (type: string, path: string, one: unknown, other: unknown, rest: Json = {}): Mishap => [
  `${type} by ${path} ${other}`,
  second(type, { ...rest, [path]: one }, { ...rest, [path]: other }),
  overwritten(type, 'event_source_arn' in rest ? 'medium' : 'high'),
];
const ofQueue = { event_source_arn: arn('sqs', 'orders') };
const mapping = 'aws_lambda_event_source_mapping';
const twoKeys = (one: Json, other: Json) =>
  plan(
    there('aws_sqs_queue.here', queue('orders'), { provider: 'aws', expressions: {}, ...one }),
    made('aws_sqs_queue.there', { name: 'orders' }, { expressions: {}, ...other }),
  );
const replaced = (address: string, values: Json, actions: string[], after: Json = values) =>
  plan(resource(address, values, { after, actions }));

describe('one thing, spelled in two ways', () => {
  testMishaps([
    bySpelling(
      'aws_sqs_queue_policy',
      'queue_url',
      URL,
      'https://eu-central-1.queue.amazonaws.com/111122223333/orders',
    ),
    bySpelling('aws_sqs_queue_policy', 'queue_url', URL, 'https://sqs.eu-central-1.api.aws/111122223333/orders'),
    bySpelling('aws_lambda_function_event_invoke_config', 'function_name', 'consumer', FUNCTION),
    bySpelling(mapping, 'function_name', 'consumer', FUNCTION, ofQueue),
    bySpelling(mapping, 'function_name', '111122223333:function:consumer', FUNCTION, ofQueue),
    bySpelling(mapping, 'function_name', 'consumer:live', `${FUNCTION}:live`, ofQueue),
    bySpelling('aws_cloudwatch_event_bus_policy', 'event_bus_name', 'shop', arn('events', 'event-bus/shop')),
    bySpelling('aws_secretsmanager_secret_policy', 'secret_arn', 'db', arn('secretsmanager', 'secret:db-AbCdEf')),
    [
      'a queue of the plan by its legacy URL',
      second(
        'aws_sqs_queue_redrive_policy',
        { queue_url: URL },
        { queue_url: 'https://eu-central-1.queue.amazonaws.com/111122223333/orders' },
        there('aws_sqs_queue.orders', queue('orders')),
      ),
      overwritten('aws_sqs_queue_redrive_policy'),
    ],
    [
      'an alias of a function is another reader than the function',
      second(mapping, { ...ofQueue, function_name: `${FUNCTION}:live` }, { ...ofQueue, function_name: FUNCTION }),
      [],
    ],
    [
      'a queue of the same name in another region',
      second(
        'aws_sqs_queue_policy',
        { queue_url: URL },
        { queue_url: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders' },
      ),
      [],
    ],
  ]);
});

describe('whatever is written as a whole', () => {
  const whole: readonly (readonly [string, Json])[] = [
    ['aws_s3_bucket_logging', { bucket: 'in' }],
    ['aws_s3_bucket_ownership_controls', { bucket: 'in' }],
    ['aws_ecr_repository_policy', { repository: 'shop' }],
    ['aws_backup_vault_policy', { backup_vault_name: 'shop' }],
    ['aws_opensearch_domain_policy', { domain_name: 'shop' }],
    ['aws_api_gateway_account', {}],
    ['aws_api_gateway_method_settings', { rest_api_id: 'a', stage_name: 'prod', method_path: '*/*' }],
    ['aws_cloudwatch_event_permission', { statement_id: 'partner' }],
    ['aws_cloudwatch_log_data_protection_policy', { log_group_name: '/orders' }],
    ['aws_appautoscaling_target', { service_namespace: 'ecs', resource_id: 'service/a/b', scalable_dimension: 'd' }],
  ];
  testMishaps(whole.map(([type, values]) => [type, second(type, values), overwritten(type)]));
  testMishaps([
    [
      'settings of two stages',
      second(
        'aws_api_gateway_method_settings',
        { rest_api_id: 'a', stage_name: 'prod', method_path: '*/*' },
        { rest_api_id: 'a', stage_name: 'test', method_path: '*/*' },
      ),
      [],
    ],
  ]);
});

describe('one name', () => {
  testMishaps([
    [
      'a second queue by the name of one',
      second('aws_sqs_queue', queue('orders'), { name: 'orders' }),
      overwritten('aws_sqs_queue'),
      { says: ['hands back the one that is there'] },
    ],
    ['a second topic', second('aws_sns_topic', { name: 'events' }), overwritten('aws_sns_topic')],
    ['a second table', second('aws_dynamodb_table', { name: 'orders' }), overwritten('aws_dynamodb_table', 'medium')],
    ['in an account of its own provider', twoKeys({}, { provider: 'aws.partner' }), []],
    [
      'imported at a second address',
      plan(there('aws_sqs_queue.a', queue('orders')), {
        ...there('aws_sqs_queue.b', queue('orders')),
        change: { actions: ['no-op'], before: queue('orders'), after: queue('orders'), importing: { id: URL } },
      }),
      ['high loss/overwritten aws_sqs_queue.b'],
      { says: ['managed at two addresses'] },
    ],
    ['queues whose names are not known', second('aws_sqs_queue', queue('orders'), { name_prefix: 'orders-' }), []],
  ]);
});

describe('replaced by itself', () => {
  const policy = { queue_url: URL, policy: '{}' };
  const permission = { function_name: 'consumer', statement_id: 'topic', principal: 'sns.amazonaws.com' };
  testMishaps([
    [
      'made first, so that the destroy takes away what was made',
      replaced('aws_sqs_queue_redrive_policy.orders', { queue_url: URL }, ['create', 'delete']),
      ['high loss/overwritten aws_sqs_queue_redrive_policy.orders'],
      { says: ['takes it away, until the next apply'] },
    ],
    [
      'made first, where AWS takes one of a name',
      replaced('aws_lambda_permission.topic', permission, ['create', 'delete']),
      ['medium loss/overwritten aws_lambda_permission.topic'],
    ],
    ['destroyed first', replaced('aws_sqs_queue_policy.orders', policy, ['delete', 'create']), []],
    [
      'made first for another queue',
      replaced('aws_sqs_queue_policy.orders', policy, ['create', 'delete'], { ...policy, queue_url: `${URL}-new` }),
      [],
    ],
  ]);
});
