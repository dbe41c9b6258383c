export { type ConsumerLedger, ExistingLedger, type ExistingLedgerProps } from './existing-ledger';
export { Ledger } from './ledger';
export type { LedgerIndex, LedgerProps } from './props';
