import {
  ApiGatewayV2Client,
  CreateApiCommand,
  type CreateApiCommandInput,
  CreateAuthorizerCommand,
  type CreateAuthorizerCommandInput,
  CreateIntegrationCommand,
  type CreateIntegrationCommandInput,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  CreateStageCommand,
  type CreateStageCommandInput,
  DeleteApiCommand,
  DeleteAuthorizerCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  DeleteStageCommand,
  UpdateApiCommand,
  UpdateAuthorizerCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import type { Configuration } from '../configuration';
import type { ResourceType } from '../resource-type';

const apiSettings = (configuration: Configuration): CreateApiCommandInput => ({
  ...configuration.pascal<CreateApiCommandInput>(
    'name', 'protocol_type', 'description', 'version', 'disable_execute_api_endpoint', 'route_selection_expression',
  ), // biome-ignore format: a list
  CorsConfiguration: configuration
    .block('cors_configuration')
    ?.pascal('allow_credentials', 'allow_headers', 'allow_methods', 'allow_origins', 'expose_headers', 'max_age'),
});

const api: ResourceType = {
  identity: ['protocol_type'],
  async create(configuration, target) {
    const { ApiId } = await target.client(ApiGatewayV2Client).send(new CreateApiCommand(apiSettings(configuration)));
    return {
      id: ApiId,
      arn: `arn:aws:apigateway:${target.region}::/apis/${ApiId}`,
      execution_arn: `arn:aws:execute-api:${target.region}:000000000000:${ApiId}`,
      api_endpoint: address(target.endpoint, ApiId),
    };
  },
  async update(configuration, target, deployed) {
    const { ProtocolType: _, ...settings } = apiSettings(configuration);
    await target.client(ApiGatewayV2Client).send(new UpdateApiCommand({ ApiId: deployed.id as string, ...settings }));
    return deployed;
  },
  async delete({ id }, target) {
    await target.client(ApiGatewayV2Client).send(new DeleteApiCommand({ ApiId: id as string }));
  },
};

/** MiniStack's and LocalStack's path form of an API's address: no name has to be resolved for it. */
const address = (endpoint: string, apiId: unknown) => `${endpoint}/_aws/execute-api/${apiId}`;

const integrationSettings = (configuration: Configuration) =>
  configuration.pascal<CreateIntegrationCommandInput>(
    'api_id', 'integration_type', 'integration_subtype', 'integration_uri', 'integration_method', 'connection_type', 'credentials_arn', 'description',
    'payload_format_version', 'request_parameters', 'timeout_milliseconds>TimeoutInMillis',
  ); // biome-ignore format: a list

const integration: ResourceType = {
  identity: ['api_id', 'integration_type', 'integration_subtype'],
  async create(configuration, target) {
    const input = integrationSettings(configuration);
    const { IntegrationId } = await target.client(ApiGatewayV2Client).send(new CreateIntegrationCommand(input));
    return { id: IntegrationId, api_id: input.ApiId };
  },
  async update(configuration, target, deployed) {
    const input = { ...integrationSettings(configuration), IntegrationId: deployed.id as string };
    await target.client(ApiGatewayV2Client).send(new UpdateIntegrationCommand(input));
    return deployed;
  },
  async delete({ id, api_id }, target) {
    const found = { ApiId: api_id as string, IntegrationId: id as string };
    await target.client(ApiGatewayV2Client).send(new DeleteIntegrationCommand(found));
  },
};

const routeSettings = (configuration: Configuration) =>
  configuration.pascal<CreateRouteCommandInput>(
    'api_id', 'route_key', 'target', 'authorization_type', 'authorizer_id', 'authorization_scopes', 'operation_name', 'api_key_required',
  ); // biome-ignore format: a list

const route: ResourceType = {
  identity: ['api_id'],
  async create(configuration, target) {
    const input = routeSettings(configuration);
    const { RouteId } = await target.client(ApiGatewayV2Client).send(new CreateRouteCommand(input));
    return { id: RouteId, api_id: input.ApiId };
  },
  async update(configuration, target, deployed) {
    const input = { ...routeSettings(configuration), RouteId: deployed.id as string };
    await target.client(ApiGatewayV2Client).send(new UpdateRouteCommand(input));
    return deployed;
  },
  async delete({ id, api_id }, target) {
    const found = { ApiId: api_id as string, RouteId: id as string };
    await target.client(ApiGatewayV2Client).send(new DeleteRouteCommand(found));
  },
};

const LIMITS = [
  'data_trace_enabled',
  'detailed_metrics_enabled',
  'logging_level',
  'throttling_burst_limit',
  'throttling_rate_limit',
];

const stageSettings = (configuration: Configuration): CreateStageCommandInput => ({
  ...configuration.pascal<CreateStageCommandInput>(
    'api_id', 'name>StageName', 'auto_deploy', 'description', 'stage_variables', 'deployment_id',
  ), // biome-ignore format: a list
  AccessLogSettings: configuration.block('access_log_settings')?.pascal('destination_arn', 'format'),
  DefaultRouteSettings: configuration.block('default_route_settings')?.pascal(...LIMITS),
  RouteSettings: Object.fromEntries(
    configuration.blocks('route_settings').map((each) => [each.need('route_key'), each.pascal<object>(...LIMITS)]),
  ),
});

const stage: ResourceType = {
  identity: ['api_id', 'name'],
  async create(configuration, target) {
    const input = stageSettings(configuration);
    await target.client(ApiGatewayV2Client).send(new CreateStageCommand(input));
    const { ApiId, StageName } = input;
    // As Terraform has it: the default stage's address ends in a slash, another's in its name.
    const path = StageName === '$default' ? '' : StageName;
    return {
      id: StageName,
      name: StageName,
      api_id: ApiId,
      arn: `arn:aws:apigateway:${target.region}::/apis/${ApiId}/stages/${StageName}`,
      execution_arn: `arn:aws:execute-api:${target.region}:000000000000:${ApiId}/${StageName}`,
      invoke_url: `${address(target.endpoint, ApiId)}/${path}`,
    };
  },
  async update(configuration, target, deployed) {
    await target.client(ApiGatewayV2Client).send(new UpdateStageCommand(stageSettings(configuration)));
    return deployed;
  },
  async delete({ api_id, name }, target) {
    const found = { ApiId: api_id as string, StageName: name as string };
    await target.client(ApiGatewayV2Client).send(new DeleteStageCommand(found));
  },
};

const authorizerSettings = (configuration: Configuration): CreateAuthorizerCommandInput => ({
  ...configuration.pascal<CreateAuthorizerCommandInput>(
    'api_id', 'name', 'authorizer_type', 'authorizer_uri', 'identity_sources>IdentitySource', 'authorizer_credentials_arn',
    'authorizer_payload_format_version', 'authorizer_result_ttl_in_seconds', 'enable_simple_responses',
  ), // biome-ignore format: a list
  JwtConfiguration: configuration.block('jwt_configuration')?.pascal('audience', 'issuer'),
});

const authorizer: ResourceType = {
  identity: ['api_id'],
  async create(configuration, target) {
    const input = authorizerSettings(configuration);
    const { AuthorizerId } = await target.client(ApiGatewayV2Client).send(new CreateAuthorizerCommand(input));
    return { id: AuthorizerId, api_id: input.ApiId };
  },
  async update(configuration, target, deployed) {
    const input = { ...authorizerSettings(configuration), AuthorizerId: deployed.id as string };
    await target.client(ApiGatewayV2Client).send(new UpdateAuthorizerCommand(input));
    return deployed;
  },
  async delete({ id, api_id }, target) {
    const found = { ApiId: api_id as string, AuthorizerId: id as string };
    await target.client(ApiGatewayV2Client).send(new DeleteAuthorizerCommand(found));
  },
};

export const httpApi: Record<string, ResourceType> = {
  aws_apigatewayv2_api: api,
  aws_apigatewayv2_integration: integration,
  aws_apigatewayv2_route: route,
  aws_apigatewayv2_stage: stage,
  aws_apigatewayv2_authorizer: authorizer,
};
