import {
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import { type Connection, connectionTo } from './connection';

/** Asks a function, and gives back what it answers. @throws with the function's own words when it refuses */
export async function invoke(
  functionName: string,
  request: object,
  options: Pick<Connection, 'region' | 'endpoint'>,
): Promise<unknown> {
  const client = new LambdaClient(connectionTo(functionName, options));
  try {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
    );
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
    if (FunctionError) {
      throw new Error(
        (answer as { errorMessage?: string } | null)?.errorMessage ?? `${functionName}: ${FunctionError}`,
      );
    }
    return answer;
  } catch (error) {
    if (error instanceof TooManyRequestsException) throw new Error(busy(functionName, error.Reason));
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new Error(
      `there is no function ${functionName} in ${await client.config.region()}; for another region give --region or the function's ARN`,
    );
  } finally {
    client.destroy();
  }
}

/** Lambda's answer is the same for a function that was stopped by hand and for one that is busy. */
const busy = (functionName: string, reason: string | undefined) =>
  reason === undefined || reason.startsWith('Reserved')
    ? `${functionName} takes no run: it was stopped (reserved concurrency 0), or all its runs are in use. "aws lambda get-function-concurrency --function-name ${functionName}" says which; a stopped one is allowed again as docs/runbooks/parked.md says`
    : `${functionName} takes no run: Lambda throttles the account (${reason}). Try again in a minute`;
