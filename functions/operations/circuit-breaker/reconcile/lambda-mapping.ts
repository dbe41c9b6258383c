import { setTimeout as wait } from 'node:timers/promises';
import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import type { Mapping } from './reconcile';

/** Seconds that an earlier change may take. Lambda says no more than that it takes a while ("Enabling", "Updating", "Disabling"). */
const BUSY_SECONDS = 20;

const SWITCHED: Readonly<Record<string, boolean>> = {
  Creating: true,
  Enabling: true,
  Enabled: true,
  Disabling: false,
  Disabled: false,
};

/** "Updating" hides which of the two it will be: unknown differs from either, so that it is set again. */
export const isOn = ({ State = '' }: { readonly State?: string | undefined }): boolean | undefined => SWITCHED[State];

/** The mapping of a queue of SQS, with its concurrency. */
export function lambdaMapping(lambda: LambdaClient, uuid: string): Mapping {
  return {
    read: async () => {
      const mapping = await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      return { enabled: isOn(mapping), maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency };
    },
    update: async ({ enabled, maximumConcurrency }) => {
      // An empty ScalingConfig takes the maximum away.
      const ScalingConfig = maximumConcurrency === undefined ? {} : { MaximumConcurrency: maximumConcurrency };
      await updateMapping(lambda, { UUID: uuid, Enabled: enabled, ScalingConfig });
    },
  };
}

export const updateMapping = (lambda: LambdaClient, change: UpdateEventSourceMappingCommandInput): Promise<void> =>
  whileBusy(
    () => lambda.send(new UpdateEventSourceMappingCommand(change)),
    (error) => error instanceof ResourceInUseException,
  );

/** Makes a change as soon as AWS has done with an earlier one. */
export async function whileBusy(change: () => Promise<unknown>, isBusy: (error: unknown) => boolean): Promise<void> {
  for (let second = 0; ; second += 1) {
    try {
      await change();
      return;
    } catch (error) {
      if (!isBusy(error) || second >= BUSY_SECONDS) throw error;
      await wait(1000);
    }
  }
}
