import { readEnvironment } from '../../../runtime/contract';
import { paymentAuthorization } from '../../payment-client';
import { stepHandler } from '../step';
import * as contract from './contract';
import { askForRefund, giveBack } from './give-back';

const environment = readEnvironment(contract.refund);
const authorization = paymentAuthorization(environment.PAYMENT_SECRET_ARN);
const timeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);

export const handler = stepHandler((order) =>
  giveBack(async (call) => askForRefund(environment.PAYMENT_URL, call, timeoutMs, await authorization()), order),
);
