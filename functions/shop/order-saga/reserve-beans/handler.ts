import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { LedgerTable } from '../ledger-table';
import { stepHandler } from '../step';
import * as contract from './contract';
import { reserveBeans } from './reserve-beans';

const environment = readEnvironment(contract.reserveBeans);
const ledger = new LedgerTable(
  new DynamoDBClient(patience()),
  environment.SAGA_TABLE,
  Number(environment.OPENING_STOCK_GRAMS ?? 1_000_000),
);

export const handler = stepHandler((order) => reserveBeans(ledger, order));
