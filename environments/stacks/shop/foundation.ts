import type { Ledger } from '../../../modules/ledger';
import type { ShopWith } from '../../settings';
import type { EnvironmentStack } from '../environment-stack';
import type { PaymentSystem } from './payment';

/** What every shop has, however it takes its orders. */
export interface Foundation {
  readonly stack: EnvironmentStack;
  /** `<environment>-<region>-<part>`, in front of every name: roles and their names are the account's, not the region's. */
  readonly prefix: string;
  readonly alarmActions: string[];
  readonly paymentSystem: PaymentSystem;
  readonly table: Ledger;
  /** What whatever makes a function or a store is told. */
  readonly kept: { readonly logRetentionDays: number; readonly kmsKeyArn: string | undefined };
}

export const consumerSize = (consumer: ShopWith<'unprotected'>['consumer']) => ({
  timeout: consumer.functionTimeoutSeconds,
  memorySize: consumer.memoryMb,
  reservedConcurrency: consumer.reservedConcurrency,
});
