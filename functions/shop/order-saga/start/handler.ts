import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { readEnvironment } from '../../../runtime/contract';
import { functionMetrics } from '../../../runtime/metrics';
import { patience } from '../../../runtime/patience';
import { backoffIn, putOffIn, receive } from '../../order-consumer/receive';
import { repairMessage } from '../../order-consumer/repair';
import { failures, publishFailures } from '../../order-consumer/report';
import { OrdersTable } from '../../orders/table';
import { startOrderSaga } from './contract';
import { type Surroundings, startSaga } from './start-saga';

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
    backoff: backoffIn(environment),
    maxReceiveCount: Number(environment.MAX_RECEIVE_COUNT),
  },
  putOff: putOffIn(sqs, environment.QUEUE_URL),
  now: () => new Date(),
  random: Math.random,
};

/** From an event source mapping (`{ Records }`) or from a pipe (the bare list). */
export const handler = async (event: SQSEvent | SQSRecord[]): Promise<SQSBatchResponse> => {
  const records = Array.isArray(event) ? event : event.Records;
  const { all, response } = await receive(records, logger, (record) => startSaga(record, surroundings));
  publishFailures(failures(all), metrics);
  return response;
};
