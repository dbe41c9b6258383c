import type { OrdersTable } from '../orders-table';
import type { Rule } from '../props';
import type { TieredQueue } from '../tiered-queue';

export interface RedriveProps {
  /** Whose parked tier is released. */
  readonly queue: TieredQueue;
  /** Name of the function and its schedule: 1 to 64 letters, digits, hyphens, underscores. */
  readonly functionName: string;
  /** 12 digits; only this account's schedule may start the function. */
  readonly account: string;
  /** Base address of the dependency that the canary asks. */
  readonly paymentUrl: string;
  /** The table that released orders are written to. It is asked before the payment system, so that nothing is released into a failure of our own. Default: it is not asked. */
  readonly ordersTable?: OrdersTable;
  /** ARN of the secret that the payment system asks for as a bearer token. Default: it asks for none. */
  readonly paymentSecretArn?: string;
  /** Messages a second: 1 to 500. Default 1. Source: SQS API, StartMessageMoveTask. */
  readonly rate?: number;
  /** Canaries in a row that must be answered: 1 to 10. Default 3. */
  readonly canaries?: number;
  /** Milliseconds until a canary counts as failed: 100 to 10,000. Default 5,000. */
  readonly canaryTimeoutMs?: number;
  /** Minutes between two looks: 1 to 1,440; while messages move, the run that moves them looks every few seconds. Default 1. `off`: only by hand or by a circuit breaker. */
  readonly everyMinutes?: number | 'off';
  /** Days that logs are kept. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for logs, environment and schedule. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
  /** Where the alarms go that say that the function itself fails, or that something of our own side keeps it from releasing. */
  readonly alarmActions?: string[];
}

const between = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

export const rules: readonly Rule<RedriveProps>[] = [
  {
    prop: 'rate',
    holds: ({ rate }) => between(rate, 1, 500),
    message: ({ rate }) => `is ${rate} messages a second; SQS takes whole numbers from 1 to 500`,
  },
  {
    prop: 'canaries',
    holds: ({ canaries }) => between(canaries, 1, 10),
    message: ({ canaries }) => `is ${canaries}; it must be 1 to 10`,
  },
  {
    prop: 'canaryTimeoutMs',
    holds: ({ canaryTimeoutMs }) => between(canaryTimeoutMs, 100, 10_000),
    message: ({ canaryTimeoutMs }) => `is ${canaryTimeoutMs} ms; it must be 100 to 10,000`,
  },
  {
    prop: 'everyMinutes',
    holds: ({ everyMinutes }) => everyMinutes === 'off' || between(everyMinutes, 1, 1440),
    message: ({ everyMinutes }) => `is ${everyMinutes}; it must be 1 to 1,440 minutes, or "off"`,
  },
];
