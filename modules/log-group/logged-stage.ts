import type { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Construct } from 'constructs';
import { deliveredLogs, logGroup } from './log-group';

interface LoggedStageProps {
  readonly api: Apigatewayv2Api;
  readonly apiName: string;
  /** Requests a second over time. */
  readonly throttleRate: number;
  /** Requests at once above the rate. */
  readonly throttleBurst: number;
  readonly retentionDays?: number | undefined;
  readonly kmsKeyArn?: string | undefined;
}

/** The one stage of an HTTP API: throttled, and every request a line of its access log, with who refused it. */
export function loggedStage(
  scope: Construct,
  { api, apiName, throttleRate, throttleBurst, retentionDays, kmsKeyArn }: LoggedStageProps,
): { readonly stage: Apigatewayv2Stage; readonly logs: CloudwatchLogGroup } {
  const logs = logGroup(scope, 'access-logs', { name: deliveredLogs('apigateway', apiName), retentionDays, kmsKeyArn });
  const stage = new Apigatewayv2Stage(scope, 'stage', {
    apiId: api.id,
    name: '$default',
    autoDeploy: true,
    defaultRouteSettings: {
      throttlingRateLimit: throttleRate,
      throttlingBurstLimit: throttleBurst,
      detailedMetricsEnabled: true,
    },
    accessLogSettings: {
      destinationArn: logs.arn,
      format: JSON.stringify({
        api: apiName,
        requestId: '$context.requestId',
        time: '$context.requestTime',
        route: '$context.routeKey',
        status: '$context.status',
        integrationError: '$context.integrationErrorMessage',
        authorizerError: '$context.authorizer.error',
        sourceIp: '$context.identity.sourceIp',
      }),
    },
  });
  return { stage, logs };
}
