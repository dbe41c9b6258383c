import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import { loggedStage } from '../log-group';
import { checkProps } from '../props';
import { ServiceRole } from '../role';
import { acceptFinding } from '../scan';
import { addAlarms } from './alarms';
import { type HttpIntakeProps, rules } from './props';

/** What a signed request carries beside `authorization`; a browser asks first whether it may. Source: IAM guide, "Elements of an AWS API request signature". */
const SIGNED = ['x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];

/** `POST /<path>` straight into the queue, no code between that could fail; `GET` for the history. */
export class HttpIntake extends Construct {
  readonly url: string;
  private readonly api: Apigatewayv2Api;

  constructor(scope: Construct, id: string, given: HttpIntakeProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'apiName');
    checkProps(this.node.path, props, rules, 'HttpIntakeProps', given);
    const { apiName, queue, history, allowedOrigins = [], path, idField = 'id' } = props;
    this.api = new Apigatewayv2Api(this, 'api', {
      name: apiName,
      protocolType: 'HTTP',
      corsConfiguration:
        allowedOrigins.length > 0
          ? {
              allowOrigins: allowedOrigins,
              allowMethods: ['GET', 'POST'],
              allowHeaders: ['authorization', 'content-type', ...(props.authorization.kind === 'iam' ? SIGNED : [])],
              maxAge: 3600,
            }
          : undefined,
    });

    const role = this.sender(props);
    const send = new Apigatewayv2Integration(this, 'send', {
      apiId: this.api.id,
      description: 'The body becomes a message as it is',
      integrationType: 'AWS_PROXY',
      integrationSubtype: 'SQS-SendMessage',
      payloadFormatVersion: '1.0',
      credentialsArn: role.arn,
      requestParameters: {
        QueueUrl: queue.main.url,
        MessageBody: '$request.body',
        ...(queue.fifo && {
          MessageGroupId: `$request.body.${idField}`,
          MessageDeduplicationId: `$request.body.${idField}`,
        }),
      },
    });
    const authorize = this.authorization(props);
    authorize('place-order', `POST /${path}`, send);
    if (history) {
      const read = new Apigatewayv2Integration(this, 'read', {
        apiId: this.api.id,
        integrationType: 'AWS_PROXY',
        integrationUri: history.arn,
        payloadFormatVersion: '2.0',
      });
      history.allowInvocationBy('by-intake', 'apigateway.amazonaws.com', `${this.api.executionArn}/*/*`);
      authorize('list-orders', `GET /${path}`, read);
      authorize('show-order', `GET /${path}/{id}`, read);
    }
    this.url = this.stage(props).invokeUrl;
  }

  private sender({ apiName, queue, path }: HttpIntakeProps): ServiceRole {
    const role = new ServiceRole(this, 'role', {
      name: `${apiName}-intake`,
      description: `Lets the API send ${path} to the queue`,
      service: 'apigateway.amazonaws.com',
    });
    const statements: object[] = [];
    queue.grantSend({
      grant: (Action, Resource) => {
        statements.push({ Effect: 'Allow', Action, Resource });
      },
    });
    role.allow('policy', `${apiName}-intake`, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
    return role;
  }

  /** @returns what makes a route under the API's authorization */
  private authorization({ apiName, authorization }: HttpIntakeProps) {
    const authorizer =
      authorization.kind === 'jwt'
        ? new Apigatewayv2Authorizer(this, 'authorizer', {
            apiId: this.api.id,
            name: apiName,
            authorizerType: 'JWT',
            identitySources: ['$request.header.Authorization'],
            jwtConfiguration: { issuer: authorization.issuer, audience: authorization.audience },
          })
        : undefined;
    const authorizationType = { iam: 'AWS_IAM', jwt: 'JWT', none: 'NONE' }[authorization.kind];
    return (id: string, routeKey: string, integration: Apigatewayv2Integration) => {
      const route = new Apigatewayv2Route(this, id, {
        apiId: this.api.id,
        routeKey,
        target: `integrations/${integration.id}`,
        authorizationType,
        authorizerId: authorizer?.id,
      });
      if (authorization.kind === 'none') acceptFinding(route, 'CKV_AWS_309', authorization.reason);
    };
  }

  private stage({
    apiName,
    path,
    throttleRate = 100,
    throttleBurst = 200,
    logRetentionDays = 365,
    kmsKeyArn,
    alarmActions,
  }: HttpIntakeProps) {
    const { api } = this;
    const { stage, logs } = loggedStage(this, {
      ...{ api, apiName, throttleRate, throttleBurst, retentionDays: logRetentionDays, kmsKeyArn },
    });
    addAlarms(this, { apiName, apiId: api.id, path, logGroupName: logs.name, alarmActions });
    return stage;
  }
}
