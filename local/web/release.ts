import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { RedriveReport, RedriveRequest } from '../../functions/redrive/contract';
import type { Release } from '../../web/wire';
import { RequestError } from './exchange';

/** Runs the redrive function once, as a person at the command line would, and hands back what it says. */
export async function release(lambda: LambdaClient, functionName: string, request: RedriveRequest): Promise<Release> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  if (FunctionError) {
    const { errorMessage = FunctionError } = (answer ?? {}) as { errorMessage?: string };
    throw new RequestError(502, `The redrive function failed: ${errorMessage}`);
  }
  return answer as RedriveReport satisfies Release;
}
