export type { RedriveProps } from './props';
export { Redrive } from './redrive';
