import { arn, policy, reference } from '../small-plan';
import { ACCOUNT, FUNCTION, QUEUE, type Shop, whatItSays } from './shop';

const SEND = 'aws_apigatewayv2_integration.send';
const ROUTE = 'aws_apigatewayv2_route.place';
const READ = 'aws_apigatewayv2_integration.read';
const REST = 'aws_api_gateway_integration.send';
const STAGE = 'aws_apigatewayv2_stage.live';
const throttled = (rate: number) => ({
  ...{ id: '$default', api_id: 'api1', default_route_settings: [{ throttling_rate_limit: rate }] },
});
const MAY_SEND = 'aws_iam_role_policy.intake';
const sends = (queue: string) => policy({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('sqs', queue) });

/** An HTTP API that puts orders into a queue, and shows them by a function; and a REST API that does the first as well. */
const withApis = (shop: Shop): Shop =>
  shop
    .also('aws_apigatewayv2_api.shop', { id: 'api1', name: 'shop' })
    .also('aws_iam_role.intake', {
      arn: `arn:aws:iam::${ACCOUNT}:role/intake`,
      ...{ id: 'intake', name: 'intake' },
      assume_role_policy: policy({
        ...{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
      }),
    })
    .also(MAY_SEND, { id: 'intake:send', role: 'intake', name: 'send', policy: sends('orders') })
    .also(SEND, {
      ...{ id: 'i1', api_id: 'api1', integration_uri: '', credentials_arn: `arn:aws:iam::${ACCOUNT}:role/intake` },
      request_parameters: { MessageBody: '$request.body', QueueUrl: shop.of(QUEUE).url },
    })
    .also(ROUTE, { id: 'r1', api_id: 'api1', route_key: 'POST /orders', target: 'integrations/i1' })
    .also(READ, {
      ...{ id: 'i2', api_id: 'api1', request_parameters: {} },
      integration_uri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${shop.of(FUNCTION).arn}/invocations`,
    })
    .also('aws_apigatewayv2_route.show', { id: 'r2', api_id: 'api1', route_key: 'GET /', target: 'integrations/i2' })
    .also(REST, {
      ...{ id: 'agi-1', rest_api_id: 'rest1', resource_id: 'x', http_method: 'POST', credentials: '' },
      uri: `arn:aws:apigateway:eu-central-1:sqs:path/${ACCOUNT}/orders`,
    });

whatItSays('APIs that take messages in', [
  ['nothing changes', withApis, []],
  ['the route goes', (shop) => withApis(shop).remove(ROUTE), [`high loss/route-removed ${ROUTE}`]],
  [
    'the integration goes, and its route with it',
    (shop) => withApis(shop).remove(ROUTE, SEND),
    [`high loss/route-removed ${SEND}`],
  ],
  [
    'it sends to another queue, with a role that may not',
    (shop) =>
      withApis(shop).update(SEND, {
        request_parameters: { MessageBody: '$request.body', QueueUrl: shop.of('aws_sqs_queue.shipping').url },
      }),
    [`high loss/route-removed ${SEND}`, `high stop/permission-removed ${SEND}`],
  ],
  [
    'its role may no longer send',
    (shop) => withApis(shop).update(MAY_SEND, { policy: sends('orders-v2') }),
    [`high stop/permission-removed ${MAY_SEND}`],
  ],
  [
    'nobody may take on its role',
    (shop) =>
      withApis(shop).update('aws_iam_role.intake', {
        assume_role_policy: policy({
          ...{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        }),
      }),
    ['critical stop/role-unusable aws_iam_role.intake'],
  ],
  [
    'the integration is made anew and the route follows it',
    (shop) =>
      withApis(shop)
        .configure(ROUTE, { target: reference(`${SEND}.id`, SEND) })
        .replace(SEND, { integration_uri: 'x' }, { id: true })
        .update(ROUTE, {}, { target: true }),
    [],
  ],
  [
    'the route leads to the function instead',
    (shop) => withApis(shop).update(ROUTE, { target: 'integrations/i2' }),
    [`high loss/route-removed ${ROUTE}`],
  ],
  [
    'the function is no longer behind the API',
    (shop) => withApis(shop).remove('aws_apigatewayv2_route.show', READ),
    [`high loss/route-removed ${READ}`],
  ],
  ['a REST API no longer sends', (shop) => withApis(shop).remove(REST), [`high loss/route-removed ${REST}`]],
  [
    'the stage goes',
    (shop) => withApis(shop).also(STAGE, { id: '$default', api_id: 'api1' }).remove(STAGE),
    [`high stop/entry-removed ${STAGE}`],
  ],
  [
    'callers are held to fewer calls',
    (shop) => withApis(shop).also(STAGE, throttled(100)).update(STAGE, throttled(10)),
    [`medium stop/capacity-reduced ${STAGE}`],
  ],
  [
    'anybody may place an order',
    (shop) => withApis(shop).was(ROUTE, { authorization_type: 'JWT' }).update(ROUTE, { authorization_type: 'NONE' }),
    [`high exposure/public ${ROUTE}`],
  ],
  [
    'anybody may ask a new route',
    (shop) =>
      withApis(shop).add('aws_apigatewayv2_route.health', {
        ...{ api_id: 'api1', route_key: 'GET /health', target: 'integrations/i2', authorization_type: 'NONE' },
      }),
    [],
  ],
  [
    'a function goes that the API still invokes, and a mapping',
    (shop) => withApis(shop).remove('aws_lambda_function.notify').remove(FUNCTION),
    ['high stop/entry-removed aws_lambda_function.consumer', 'high stop/entry-removed aws_lambda_function.notify'],
  ],
]);
