import { setTimeout as wait } from 'node:timers/promises';
import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
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

export function lambdaMapping(lambda: LambdaClient, uuid: string): Mapping {
  return {
    read: async () => {
      const { State = '', ScalingConfig } = await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      // "Updating" hides which of the two it will be: unknown differs from either, so that it is set again.
      const enabled = SWITCHED[State];
      return { enabled, maximumConcurrency: ScalingConfig?.MaximumConcurrency };
    },
    update: async ({ enabled, maximumConcurrency }) => {
      // An empty ScalingConfig takes the maximum away.
      const ScalingConfig = maximumConcurrency === undefined ? {} : { MaximumConcurrency: maximumConcurrency };
      const change = new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: enabled, ScalingConfig });
      for (let second = 0; ; second += 1) {
        try {
          await lambda.send(change);
          return;
        } catch (error) {
          if (!(error instanceof ResourceInUseException) || second >= BUSY_SECONDS) throw error;
          await wait(1000);
        }
      }
    },
  };
}
