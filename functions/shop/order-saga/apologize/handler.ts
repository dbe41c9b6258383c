import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { OrdersTable } from '../../orders/table';
import { stepHandler } from '../step';
import { apologize } from './apologize';
import * as contract from './contract';

const environment = readEnvironment(contract.apologize);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

export const handler = stepHandler((order, results) => apologize(orders, order, results, new Date()));
