import * as z from 'zod/mini';
import { defineContract } from '../../runtime/contract';

export const brokerOperations = defineContract({
  name: 'broker-operations',
  environment: {
    NETWORK: 'name of the brokers together, for example prod-orders; one operator works on it at a time',
    LEDGER_TABLE: 'name of the table with lease, approvals and audit trail',
    BROKERS: 'JSON: the brokers, as brokersToOperate has it',
  },
  optionalEnvironment: {
    REBOOT: 'automatic or approved: whether a restart that something waits for needs a person; default approved',
    FAILOVER: 'automatic or approved: whether a replica may take over without a person; default approved',
    FAILOVER_AFTER_SECONDS: 'seconds that a primary must be gone before its replica may take over; default 300',
  },
});

/** One broker to look after. */
export const brokersToOperate = z
  .array(
    z.strictObject({
      name: z.string(),
      region: z.string(),
      brokerId: z.string(),
      /** `ssl://…:61617` of each instance. */
      endpoints: z.array(z.string()),
      /** What Terraform wants; drift is reported against it. */
      wants: z.strictObject({
        configurationId: z.string(),
        configurationRevision: z.string(),
        /** `X.Y`; Amazon MQ keeps the patch level. */
        engineVersion: z.string(),
        instanceType: z.string(),
        deploymentMode: z.string(),
        users: z.array(z.string()),
        logs: z.strictObject({ general: z.boolean(), audit: z.boolean() }),
      }),
      /** Function in the broker's VPC that knocks at the endpoints. */
      reachFunctionArn: z.string(),
    }),
  )
  .check(z.minLength(1));

export type BrokerToOperate = z.infer<typeof brokersToOperate>[number];

/** By hand with `"dryRun": true`, to see what it would do and why. */
export const operationsRequest = z.strictObject({
  operation: z.literal('broker-operations'),
  dryRun: z.optional(z.boolean()),
});

export type OperationsRequest = z.infer<typeof operationsRequest>;
