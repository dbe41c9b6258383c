export { Pipe } from './pipe';
export type { PipeProps, PipeTarget } from './props';
