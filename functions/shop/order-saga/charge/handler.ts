import { readEnvironment } from '../../../runtime/contract';
import { charge } from '../../domain/payment';
import { paymentAuthorization } from '../../payment-client';
import { stepHandler } from '../step';
import * as contract from './contract';
import { takePayment } from './take-payment';

const environment = readEnvironment(contract.charge);
const authorization = paymentAuthorization(environment.PAYMENT_SECRET_ARN);
const timeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);

export const handler = stepHandler((order) =>
  takePayment(async (call) => charge(environment.PAYMENT_URL, call, timeoutMs, await authorization()), order),
);
