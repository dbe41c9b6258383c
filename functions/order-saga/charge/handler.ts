import { readEnvironment } from '../../contract';
import { charge } from '../../domain/payment';
import { stepHandler } from '../step';
import * as contract from './contract';
import { takePayment } from './take-payment';

const environment = readEnvironment(contract.charge);
const timeoutMs = Number(environment.PAYMENT_TIMEOUT_MS ?? 5000);

export const handler = stepHandler((order) =>
  takePayment((call) => charge(environment.PAYMENT_URL, call, timeoutMs), order),
);
