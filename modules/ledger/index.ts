export { Ledger } from './ledger';
export type { LedgerIndex, LedgerProps } from './props';
