import type * as z from 'zod/mini';
import { readEnvironment } from '../../runtime/contract';
import { readRequest } from '../../runtime/request';
import { brokerReach, type reachReport, reachRequest } from './contract';
import { answers } from './reach';

const environment = readEnvironment(brokerReach);
const timeoutMs = Number(environment.TIMEOUT_MS ?? 3000);

/** Knocks at brokers from inside their network. It calls no AWS service, so its network needs no way out. */
export const handler = async (event: unknown): Promise<z.infer<typeof reachReport>> => {
  const allowed = '{"operation": "broker-reach", "endpoints": [URL]}';
  const { endpoints } = readRequest(reachRequest, event, 'broker reach', allowed);
  return { answers: await Promise.all(endpoints.map((endpoint) => answers(endpoint, timeoutMs))) };
};
