import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../contract';
import { OrdersTable } from '../../orders/table';
import { patience } from '../../patience';
import { stepHandler } from '../step';
import { apologize } from './apologize';
import * as contract from './contract';

const environment = readEnvironment(contract.apologize);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

export const handler = stepHandler((order, results) => apologize(orders, order, results, new Date()));
