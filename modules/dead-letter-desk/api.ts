import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import type { Construct } from 'constructs';
import type { LambdaFunction } from '../lambda-function';
import { loggedStage } from '../log-group';
import type { DeskApi } from './props';

interface Behind extends DeskApi {
  readonly apiName: string;
  readonly handler: LambdaFunction;
  readonly logRetentionDays?: number | undefined;
  readonly kmsKeyArn?: string | undefined;
}

/** An HTTP API of which every route asks for a token of the issuer. @returns its address */
export function deskApi(scope: Construct, props: Behind): string {
  const { apiName, handler, issuer, audience, allowedOrigins = [], logRetentionDays: retentionDays, kmsKeyArn } = props;
  const api = new Apigatewayv2Api(scope, 'api', {
    name: apiName,
    protocolType: 'HTTP',
    corsConfiguration:
      allowedOrigins.length > 0
        ? {
            allowOrigins: [...allowedOrigins],
            allowMethods: ['GET', 'POST'],
            allowHeaders: ['authorization', 'content-type'],
            maxAge: 3600,
          }
        : undefined,
  });
  const authorizer = new Apigatewayv2Authorizer(scope, 'authorizer', {
    apiId: api.id,
    name: apiName,
    authorizerType: 'JWT',
    identitySources: ['$request.header.Authorization'],
    jwtConfiguration: { issuer, audience: [...audience] },
  });
  const integration = new Apigatewayv2Integration(scope, 'integration', {
    apiId: api.id,
    integrationType: 'AWS_PROXY',
    integrationUri: handler.arn,
    payloadFormatVersion: '2.0',
  });
  handler.allowInvocationBy('by-api', 'apigateway.amazonaws.com', `${api.executionArn}/*/*`);
  for (const method of ['GET', 'POST']) {
    new Apigatewayv2Route(scope, `route-${method.toLowerCase()}`, {
      apiId: api.id,
      routeKey: `${method} /{proxy+}`,
      target: `integrations/${integration.id}`,
      authorizationType: 'JWT',
      authorizerId: authorizer.id,
    });
  }
  const limits = { throttleRate: 100, throttleBurst: 200 };
  return loggedStage(scope, { api, apiName, ...limits, retentionDays, kmsKeyArn }).stage.invokeUrl;
}
