import { timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { readEnvironment } from '../../runtime/contract';
import { patience } from '../../runtime/patience';
import { paymentAuthorization } from '../payment-client';
import { paymentSimulator } from './contract';
import { Ledger } from './ledger';
import { BadRequest, parseFault, parsePayment, parseRefund } from './requests';
import { find, type PaymentAnswer, pay, refund } from './simulator';

const environment = readEnvironment(paymentSimulator);
const ledger = new Ledger(new DynamoDBClient(patience()), environment.LEDGER_TABLE);
const expected = paymentAuthorization(environment.SECRET_ARN);
/** Milliseconds before its own time-out at which even a call without an answer ends: an API's caller has given up by then. */
const MARGIN_MS = 500;

const answer = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function authorized(header: string | undefined): Promise<boolean> {
  const [sent, wanted] = [Buffer.from(header ?? ''), Buffer.from((await expected()) ?? '')];
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

async function act(what: string, key: string | undefined, body: unknown): Promise<PaymentAnswer> {
  const payment = what === 'POST /payments' ? parsePayment(key, body) : undefined;
  const request = payment ?? parseRefund(key, body);
  const [books, fault] = await Promise.all([ledger.open(request.key), ledger.fault()]);
  const said = payment ? pay(books, payment, fault, Math.random) : refund(books, request, fault, Math.random);
  await Promise.all([ledger.count(books), said.status === 200 && ledger.close(request.key, books)]);
  return said;
}

async function look(key: string): Promise<PaymentAnswer> {
  const [books, fault] = await Promise.all([ledger.open(key), ledger.fault()]);
  const said = find(books, key, fault, Math.random);
  await ledger.count(books);
  return said;
}

/** The simulated payment system behind an HTTP API: `POST /payments`, `GET /payments/{key}`, `POST /refunds`, `GET /report`, `GET` and `PUT /fault`. */
export const handler = async (
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> => {
  if (!(await authorized(event.headers.authorization)))
    return answer(401, { error: 'the bearer token is missing or wrong' });
  try {
    const body = event.body ? JSON.parse(event.body) : undefined;
    if (event.routeKey === 'GET /report') return answer(200, await ledger.report());
    if (event.routeKey === 'GET /fault') return answer(200, await ledger.fault());
    if (event.routeKey === 'PUT /fault') {
      await ledger.setFault(parseFault(body));
      return answer(200, await ledger.fault());
    }
    const said =
      event.routeKey === 'GET /payments/{key}'
        ? await look(event.pathParameters?.key ?? '')
        : await act(event.routeKey, event.headers['idempotency-key'], body);
    const longest = context.getRemainingTimeInMillis() - MARGIN_MS;
    await wait(said.delayMs === 'never' ? longest : Math.min(said.delayMs, longest));
    return answer(said.status, said.body);
  } catch (error) {
    if (error instanceof BadRequest) return answer(error.status, { error: error.message });
    if (error instanceof SyntaxError) return answer(400, { error: 'the body is not JSON' });
    throw error;
  }
};
