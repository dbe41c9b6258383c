/**
 * Stands in for `@aws-sdk/middleware-endpoint-discovery` in every bundle (tools/bundle.mjs), where DynamoDB's client brings it, with a cache of its own. It is off unless
 * `AWS_ENABLE_ENDPOINT_DISCOVERY` is set, and DynamoDB doesn't ask for it. Source: aws-sdk-js-v3, client-dynamodb, `endpointDiscoveryEnabled`.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};

export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;
