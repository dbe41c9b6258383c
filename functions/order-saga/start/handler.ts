import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { readEnvironment } from '../../contract';
import { processBatch } from '../../domain/batch';
import { functionMetrics } from '../../metrics';
import { repairMessage } from '../../order-consumer/repair';
import { failures, publishFailures, tell } from '../../order-consumer/report';
import { OrdersTable } from '../../orders/table';
import { patience } from '../../patience';
import { startOrderSaga } from './contract';
import { type Started, type Surroundings, startSaga } from './start-saga';

const environment = readEnvironment(startOrderSaga);
const stateMachineArn = environment.STATE_MACHINE_ARN;
const logger = new Logger();
const metrics = functionMetrics();
const states = new SFNClient(patience());
const sqs = new SQSClient(patience());
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

const surroundings: Surroundings = {
  begin: (order, firstSeen, now) => orders.begin(order, firstSeen, now),
  start: async (name, input) => {
    try {
      await states.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      return 'started';
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'exists';
      throw error;
    }
  },
  inputOf: async (name) => {
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    return (await states.send(new DescribeExecutionCommand({ executionArn }))).input ?? '';
  },
  sendToRepair: async (record, note) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: environment.REPAIR_QUEUE_URL, ...repairMessage(record, note) }));
  },
  policy: {
    backoff: {
      base: Number(environment.BACKOFF_BASE_SECONDS ?? 2),
      cap: Number(environment.BACKOFF_CAP_SECONDS ?? 300),
    },
    maxReceiveCount: Number(environment.MAX_RECEIVE_COUNT),
  },
  putOff: async ({ receiptHandle }, VisibilityTimeout) => {
    const { QUEUE_URL: QueueUrl } = environment;
    if (!QueueUrl) return;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }));
  },
  now: () => new Date(),
  random: Math.random,
};

/** From an event source mapping (`{ Records }`) or from a pipe (the bare list). */
export const handler = async (event: SQSEvent | SQSRecord[]): Promise<SQSBatchResponse> => {
  const all: Started[] = [];
  const note = (started: Started, { messageId }: SQSRecord): boolean => {
    all.push(started);
    tell(started, messageId, logger);
    return started.kind !== 'retry';
  };
  const response = await processBatch(
    Array.isArray(event) ? event : event.Records,
    async (record) => note(await startSaga(record, surroundings), record),
    (record, error) => note({ kind: 'retry', failure: 'own', detail: (error as Error).message }, record),
  );
  publishFailures(failures(all), metrics);
  return response;
};
