import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../contract';
import { OrdersTable } from '../../orders/table';
import { patience } from '../../patience';
import { stepHandler } from '../step';
import * as contract from './contract';
import { notify } from './notify';

const environment = readEnvironment(contract.notify);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

export const handler = stepHandler((order, results) => notify(orders, order, results, new Date()));
