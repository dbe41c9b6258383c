import { GetEventSourceMappingCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Whether an event source mapping polls: it reads "Enabling" or "Updating" for a while first. Source: Lambda API, GetEventSourceMapping. */
export const servingMapping = (lambda: LambdaClient, uuid: string) => async (): Promise<boolean> =>
  (await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }))).State === 'Enabled';
