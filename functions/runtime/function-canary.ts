import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { type CanaryAnswer, canaryAnswer, consecutiveCanaries } from './canary';
import { patience } from './patience';

/** Canaries in a row that say that a dependency works for others: a flaky one answers some. */
const CANARIES = 3;
/** Milliseconds of one canary, and what is kept back for recording what follows from it. */
const TIMEOUT_MS = 5000;
const RESERVE_MS = 1000;

function read(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

/**
 * Asks a function whether what the messages need is back. Whatever isn't an answer that says green is red: an error, silence, something else.
 *
 * @throws what Lambda refuses (no permission, no such function): nothing is known then, and it is the function's own side's fault
 */
export async function askFunction(lambda: LambdaClient, name: string, timeoutMs: number): Promise<CanaryAnswer> {
  try {
    const invocation = new InvokeCommand({ FunctionName: name });
    const { FunctionError, Payload } = await lambda.send(invocation, { abortSignal: AbortSignal.timeout(timeoutMs) });
    if (FunctionError) return { green: false, detail: `the canary function failed (${FunctionError})` };
    const answered = z.safeParse(canaryAnswer, read(Payload));
    return answered.success
      ? answered.data
      : { green: false, detail: 'the canary function gave no answer that says green or not' };
  } catch (error) {
    if ((error as Error).name !== 'AbortError' && (error as Error).name !== 'TimeoutError') throw error;
    return { green: false, detail: `the canary function gave no answer in ${timeoutMs} ms` };
  }
}

/** @returns asks for a verdict within a number of milliseconds; too few of them are a red one */
export function functionCanary(name: string): (limit: number) => Promise<boolean> {
  const lambda = new LambdaClient(patience(TIMEOUT_MS, 1));
  return async (limit) => {
    const end = Date.now() + limit - RESERVE_MS;
    const { green } = await consecutiveCanaries(CANARIES, async () => {
      const left = Math.min(TIMEOUT_MS, end - Date.now());
      return left < 100 ? { green: false, detail: 'no time left' } : askFunction(lambda, name, left);
    });
    return green;
  };
}
