import { breakerEnvironment } from '../../../runtime/breaker/contract';
import { defineContract } from '../../../runtime/contract';

/** What is switched beside the consumer's own mapping: a mapping, a pipe, a rule of a bus. */
export type NamedIntake =
  | { readonly mapping: string }
  | { readonly pipe: string }
  | { readonly rule: string; readonly bus: string };

export const reconcile = defineContract({
  name: 'circuit-breaker/reconcile',
  environment: {
    ...breakerEnvironment,
    BREAKER_NAME: 'name of the breaker, a dimension of its metrics',
    MAPPING_UUID: "the consumer's event source mapping, which is switched",
    RECOVERY_ARN: 'ARN of the state machine that recovers',
    PARKED_QUEUE_ARN: 'ARN of the parked tier, whose release is stopped while a dependency is out',
    PARKED_QUEUE_URL: 'URL of the parked tier, to count what is in it',
  },
  optionalEnvironment: {
    MAXIMUM_CONCURRENCY: 'invocations at once when all is well: 2 to 1000; default: no maximum',
    SWEEPS:
      'times in a row that what is found in parked while all is well is released again before it is left to people; default 5',
    PARK_MAPPING_UUID:
      'the mapping that parks messages while a dependency is out; default: they wait in the main queue',
    INTAKES:
      'JSON: what else brings messages in and is off until every dependency is closed again, such as [{"mapping":"<uuid>"},{"pipe":"<name>"},{"rule":"<name>","bus":"<name>"}]; default: nothing',
  },
});
