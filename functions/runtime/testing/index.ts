/** `spillway/testing`: what a consumer of one's own is tested with. */
export { MemoryLedger } from '../ledger/memory-ledger';
export { type InRepair, Line, type LineOptions, type Lying, NeverSettlesError } from './line';
