import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { LedgerTable } from '../ledger-table';
import { stepHandler } from '../step';
import { brew } from './brew';
import * as contract from './contract';

const environment = readEnvironment(contract.brew);
const ledger = new LedgerTable(new DynamoDBClient(patience()), environment.SAGA_TABLE);

export const handler = stepHandler((order) => brew(ledger, order));
