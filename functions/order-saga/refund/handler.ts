import { readEnvironment } from '../../contract';
import { stepHandler } from '../step';
import * as contract from './contract';
import { askForRefund, giveBack } from './give-back';

const environment = readEnvironment(contract.refund);
const timeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);

export const handler = stepHandler((order) =>
  giveBack((call) => askForRefund(environment.PAYMENT_URL, call, timeoutMs), order),
);
