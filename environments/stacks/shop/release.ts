import { paymentCanary } from '../../../functions/shop/payment-canary/contract';
import { grantSecret, LambdaFunction } from '../../../modules/lambda-function';
import { Redrive } from '../../../modules/redrive';
import type { TieredQueue } from '../../../modules/tiered-queue';
import type { ShopWith } from '../../settings';
import type { Foundation } from './foundation';

type RedriveSettings = ShopWith<'saga'>['redrive'];

/** A function that says whether an order could be paid and written down, to whoever wants to know. */
export interface Canary {
  readonly handler: LambdaFunction;
}

export function askCanary(
  { stack, prefix, table, paymentSystem, kept }: Foundation,
  { canaryTimeoutMs }: Pick<RedriveSettings, 'canaryTimeoutMs'>,
): Canary {
  const { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn } = paymentSystem;
  const handler = new LambdaFunction(stack, 'canary', {
    contract: paymentCanary,
    functionName: `${prefix}-canary`,
    description: 'Says whether an order could be paid and written down',
    environment: {
      PAYMENT_URL: paymentUrl,
      PAYMENT_SECRET_ARN: paymentSecretArn,
      LEDGER_TABLE: table.tableName,
      CANARY_TIMEOUT_MS: String(canaryTimeoutMs),
    },
    // With what the calls to the table and the secret may take.
    timeout: Math.ceil(canaryTimeoutMs / 1000) + 10,
    memorySize: 256,
    ...kept,
  });
  table.grantProbe(handler);
  grantSecret(handler, paymentSecretArn, paymentSecretKmsKeyArn);
  return { handler };
}

/** What brings parked messages back. */
export function release(
  { stack, prefix, alarmActions, kept }: Foundation,
  queue: TieredQueue,
  canary: Canary,
  redrive: RedriveSettings,
): Redrive {
  const made = new Redrive(stack, 'redrive', {
    queue,
    functionName: `${prefix}-redrive`,
    account: stack.settings.account,
    canary,
    rate: redrive.ratePerSecond,
    canaries: redrive.canaries,
    canaryTimeoutMs: redrive.canaryTimeoutMs,
    everyMinutes: redrive.everyMinutes,
    ...kept,
    alarmActions,
  });
  stack.outputs({
    parked_queue_url: queue.parked.url,
    parked_queue_arn: queue.parked.arn,
    repair_queue_url: queue.repair.url,
    repair_queue_arn: queue.repair.arn,
    redrive_function_name: made.handler.functionName,
  });
  return made;
}
