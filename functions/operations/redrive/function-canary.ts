import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { type CanaryAnswer, canaryAnswer } from '../../runtime/canary';

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
 * @throws what Lambda refuses (no permission, no such function): nothing is known then, and it is our own side's fault
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
