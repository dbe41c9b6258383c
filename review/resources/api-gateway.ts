import type { ResourceType } from './resource-type';

/** API Gateway. */
export const apiGateway = {
  aws_apigatewayv2_api: {
    attributes: [],
    holds: {
      lost: 'the API with its routes, stages and address: whoever calls it is told that there is no such host',
      severity: 'high',
      first: 'Move its callers first',
      move: 'give its callers the new address',
    },
  },
  aws_apigatewayv2_route: { attributes: ['api_id', 'route_key', 'target', 'authorization_type'] },
  aws_apigatewayv2_stage: { attributes: ['api_id', 'default_route_settings', 'access_log_settings'] },
  aws_apigatewayv2_integration: {
    attributes: ['api_id', 'integration_uri', 'request_parameters', 'credentials_arn'],
    role: { path: 'credentials_arn', service: 'apigateway.amazonaws.com' },
  },
  aws_api_gateway_rest_api: {
    attributes: [],
    holds: {
      lost: 'the API with its methods, stages and address: whoever calls it is told that there is no such host',
      severity: 'high',
      first: 'Move its callers first',
      move: 'give its callers the new address',
    },
  },
  aws_api_gateway_rest_api_policy: {
    attributes: ['rest_api_id'],
    one: { identity: ['rest_api_id'], created: 'over it' },
  },
  aws_api_gateway_method_settings: {
    attributes: ['rest_api_id', 'stage_name', 'method_path', 'settings'],
    one: { identity: ['rest_api_id', 'stage_name', 'method_path'], created: 'over it' },
  },
  aws_api_gateway_gateway_response: {
    attributes: ['rest_api_id', 'response_type'],
    one: { identity: ['rest_api_id', 'response_type'], created: 'over it' },
  },
  aws_api_gateway_stage: { attributes: ['rest_api_id', 'stage_name'] },
  aws_api_gateway_method: { attributes: ['authorization', 'api_key_required'] },
  aws_api_gateway_integration: {
    attributes: ['rest_api_id', 'http_method', 'resource_id', 'uri', 'credentials'],
    role: { path: 'credentials', service: 'apigateway.amazonaws.com' },
    one: { identity: ['rest_api_id', 'resource_id', 'http_method'], created: 'over it' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
