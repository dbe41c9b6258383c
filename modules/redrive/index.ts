export type { RedriveProps, ReleaseCanary } from './props';
export { Redrive } from './redrive';
export { releasesByItself } from './release';
