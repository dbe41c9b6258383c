import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { RequestError } from './exchange';

/** Runs a function once, as a person at the command line would, and hands back what it says. */
export async function invoke<Answer>(lambda: LambdaClient, functionName: string, payload: unknown): Promise<Answer> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(payload) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  if (FunctionError) {
    const { errorMessage = FunctionError } = (answer ?? {}) as { errorMessage?: string };
    throw new RequestError(502, `${functionName} failed: ${errorMessage}`);
  }
  return answer as Answer;
}
