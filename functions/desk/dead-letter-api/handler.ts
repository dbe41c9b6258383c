import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readEnvironment } from '../../runtime/contract';
import { patience } from '../../runtime/patience';
import { deskPorts, operationPorts } from '../aws/edges';
import { Desk } from '../core/desk';
import { QueueOperations } from '../core/operations';
import type { WorkRequest } from '../dead-letter-worker/contract';
import { actorOf } from './actor';
import { deadLetterApi } from './contract';
import { answer } from './routes';

const environment = readEnvironment(deadLetterApi);
const logger = new Logger();
const sqs = new SQSClient(patience());
// A dry run of a release asks several canaries; nobody waits for longer than API Gateway does.
const lambda = new LambdaClient(patience(25_000, 1));
const desk = new Desk(
  deskPorts(
    { dynamodb: new DynamoDBClient(patience()), lambda, sqs: () => sqs },
    { table: environment.DESK_TABLE, keepDays: Number(environment.KEEP_DAYS ?? 400) },
  ),
);
const operations = new QueueOperations(desk, operationPorts(lambda));
const claimsOf = { role: environment.ROLE_CLAIM ?? 'spillway_role', name: environment.NAME_CLAIM ?? 'sub' };

/** The schedule does the same within a minute, so what fails here is only later. */
async function start(): Promise<void> {
  const Payload = JSON.stringify({ operation: 'work' } satisfies WorkRequest);
  const work = new InvokeCommand({ FunctionName: environment.WORKER_FUNCTION, InvocationType: 'Event', Payload });
  await lambda.send(work).catch((error: Error) => logger.warn('the worker was not started', { error: error.name }));
}

const respond = (statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  },
  body: JSON.stringify(body),
});

/** Answers the desk's page and scripts. API Gateway has checked the token; without its claims nothing is answered. No content gets into the log. */
export const handler = async (
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
): Promise<APIGatewayProxyStructuredResultV2> => {
  const { requestContext, isBase64Encoded } = event;
  // The page calls it below `/api` of its own address.
  const path = event.rawPath.replace(/^\/api(?=\/)/, '');
  const claims = requestContext?.authorizer?.jwt?.claims;
  if (!claims) return respond(401, { error: 'A token is needed' });
  const actor = actorOf(claims, claimsOf);
  const { method } = requestContext.http;
  if (!actor) {
    const name = String(claims[claimsOf.name] ?? 'unknown').slice(0, 200);
    const refused = `the token's claim ${claimsOf.role} names no role: viewer, operator or admin`;
    await desk.record({ name, role: 'viewer' }, 'ask', 'desk', { refused });
    return respond(403, { error: refused });
  }
  const body = isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : event.body;
  const { status, body: said } = await answer({ method, path, body }, { desk, operations, start }, actor);
  logger.info('asked', { method, path, status, actor: actor.name });
  return respond(status, said);
};
