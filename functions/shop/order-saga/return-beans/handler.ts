import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { LedgerTable } from '../ledger-table';
import { stepHandler } from '../step';
import * as contract from './contract';
import { returnBeans } from './return-beans';

const environment = readEnvironment(contract.returnBeans);
const ledger = new LedgerTable(
  new DynamoDBClient(patience()),
  environment.SAGA_TABLE,
  Number(environment.OPENING_STOCK_GRAMS ?? 1_000_000),
);

export const handler = stepHandler((order, results) => returnBeans(ledger, order, results));
