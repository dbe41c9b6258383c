import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { LedgerTable } from '../ledger-table';
import { stepHandler } from '../step';
import * as contract from './contract';
import { discard } from './discard';

const environment = readEnvironment(contract.discard);
const ledger = new LedgerTable(new DynamoDBClient(patience()), environment.SAGA_TABLE);

export const handler = stepHandler((order) => discard(ledger, order));
