import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { Construct } from 'constructs';
import { paymentSimulator } from '../../../functions/shop/payment-simulator/contract';
import { LambdaFunction } from '../../../modules/lambda-function';
import { acceptFinding } from '../../../modules/scan';

export interface PaymentSimulatorProps {
  /** Put in front of every name. */
  readonly prefix: string;
  /** Days that logs are kept. */
  readonly logRetentionDays: number;
  /** Key for ledger, secret, logs and environment. Default: keys that AWS owns or manages. */
  readonly kmsKeyArn?: string;
}

/**
 * A payment system to try outages with where there is no real one: `PUT /fault` switches its faults, `GET /report` says what was charged. It answers nobody until its
 * secret has a value: `aws secretsmanager put-secret-value --secret-id <output payment_secret_name> --secret-string …`, so that no secret is in a plan or a state.
 */
export class PaymentSimulator extends Construct {
  readonly url: string;
  readonly secretArn: string;
  readonly secretName: string;

  constructor(scope: Construct, id: string, { prefix, logRetentionDays, kmsKeyArn }: PaymentSimulatorProps) {
    super(scope, id);
    const name = `${prefix}-payment`;
    const ledger = new DynamodbTable(this, 'ledger', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'key',
      attribute: [{ name: 'key', type: 'S' }],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn },
    });
    const secret = new SecretsmanagerSecret(this, 'secret', {
      name,
      description: 'What callers of the simulated payment system send as a bearer token',
      kmsKeyId: kmsKeyArn,
      // A deleted secret's name stays taken for its recovery window; nothing is lost with a simulator's.
      recoveryWindowInDays: 0,
    });
    const handler = new LambdaFunction(this, 'handler', {
      contract: paymentSimulator,
      functionName: name,
      description: 'The simulated payment system',
      environment: { LEDGER_TABLE: ledger.name, SECRET_ARN: secret.arn },
      // An HTTP API gives up after 30 s. Source: API Gateway quotas, "Maximum integration timeout".
      timeout: 29,
      memorySize: 256,
      logRetentionDays,
      kmsKeyArn,
    });
    handler.grant(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'], [ledger.arn]);
    handler.grant(['secretsmanager:GetSecretValue'], [secret.arn]);
    if (kmsKeyArn) handler.grant(['kms:GenerateDataKey'], [kmsKeyArn]);

    const api = new Apigatewayv2Api(this, 'api', { name, protocolType: 'HTTP' });
    const integration = new Apigatewayv2Integration(this, 'integration', {
      apiId: api.id,
      integrationType: 'AWS_PROXY',
      integrationUri: handler.arn,
      payloadFormatVersion: '2.0',
    });
    for (const routeKey of [
      ...['POST /payments', 'GET /payments/{key}', 'POST /refunds', 'GET /report', 'GET /fault', 'PUT /fault'],
    ]) {
      const route = new Apigatewayv2Route(
        this,
        routeKey.toLowerCase().replace(' /', '-').replace('/{key}', '-of-key'),
        {
          apiId: api.id,
          routeKey,
          target: `integrations/${integration.id}`,
          authorizationType: 'NONE',
        },
      );
      acceptFinding(
        route,
        'CKV_AWS_309',
        'The function itself asks for a bearer token, as a real payment system does.',
      );
    }
    handler.allowInvocationBy('by-api', 'apigateway.amazonaws.com', `${api.executionArn}/*/*`);
    new Apigatewayv2Stage(this, 'stage', {
      apiId: api.id,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 200 },
    });
    // The address of a stage called $default ends in a slash, which the calls bring along.
    this.url = api.apiEndpoint;
    this.secretArn = secret.arn;
    this.secretName = secret.name;
  }
}
