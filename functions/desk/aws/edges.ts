import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { askFunction } from '../../runtime/function-canary';
import { DynamoDbLedger } from '../../runtime/ledger/dynamodb-ledger';
import { toSqs } from '../../runtime/note';
import type { DeskPorts } from '../core/desk';
import type { OperationPorts } from '../core/operations';
import { NotSentError, RefusedError } from '../core/sending';
import { DynamoDbDeskStore } from './dynamodb-store';

const DAY_MS = 86_400_000;
/** Milliseconds that a canary may take. */
const CANARY_MS = 10_000;

export interface DeskClients {
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  /** The client for a queue: another one may be in another region. */
  sqs(queueUrl: string): SQSClient;
}

export interface DeskOptions {
  readonly table: string;
  /** Days that a closed letter is kept. Default 400. */
  readonly keepDays?: number;
}

/** What the desk touches on AWS. */
export function deskPorts({ dynamodb, lambda, sqs }: DeskClients, { table, keepDays = 400 }: DeskOptions): DeskPorts {
  const canaryWord: DeskPorts['canaryWord'] = async ({ canary }) => {
    if (!canary) return { colour: 'none' };
    try {
      const { green, detail } = await askFunction(canary, CANARY_MS, async (FunctionName, abortSignal) => {
        const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName }), { abortSignal });
        return { functionError: FunctionError, payload: new TextDecoder().decode(Payload) };
      });
      return { colour: green ? 'green' : 'red', detail };
    } catch (error) {
      return { colour: 'red', detail: `the canary could not be asked: ${(error as Error).message}` };
    }
  };
  return {
    store: new DynamoDbDeskStore(dynamodb, table),
    async send(queueUrl, { body, attributes }, fifo) {
      try {
        const { MessageId = '' } = await sqs(queueUrl).send(
          new SendMessageCommand({
            QueueUrl: queueUrl,
            MessageBody: body,
            MessageAttributes: toSqs(attributes),
            ...(fifo && { MessageGroupId: fifo.group, MessageDeduplicationId: fifo.deduplication }),
          }),
        );
        return MessageId;
      } catch (error) {
        // SQS has refused it. Silence and its own errors say nothing of whether it was taken.
        if ((error as { $fault?: string }).$fault === 'client') throw new NotSentError((error as Error).message);
        throw error;
      }
    },
    async ledger({ ledger }, businessId) {
      if (!ledger) return undefined;
      const { table: tableName, scope } = ledger;
      return new DynamoDbLedger(dynamodb, { tableName, scope, days: 1 }).find(businessId);
    },
    canary: async (settings) => (await canaryWord(settings)).colour,
    canaryWord,
    now: () => new Date(),
    name: () => randomUUID(),
    expiry: (now) => now.getTime() + keepDays * DAY_MS,
  };
}

/** The functions that operate a queue. What they refuse is an error of theirs with a sentence for people. */
export const operationPorts = (lambda: LambdaClient): OperationPorts => ({
  async invoke(FunctionName, request) {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }),
    );
    const said = JSON.parse(new TextDecoder().decode(Payload) || 'null') as { errorMessage?: string } | null;
    if (FunctionError) throw new RefusedError(said?.errorMessage ?? `${FunctionName} failed: ${FunctionError}`);
    return said;
  },
});
