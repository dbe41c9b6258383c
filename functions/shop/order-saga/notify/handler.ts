import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { OrdersTable } from '../../orders/table';
import { stepHandler } from '../step';
import * as contract from './contract';
import { notify } from './notify';

const environment = readEnvironment(contract.notify);
const orders = new OrdersTable(new DynamoDBClient(patience()), environment.ORDERS_TABLE);

export const handler = stepHandler((order, results) => notify(orders, order, results, new Date()));
