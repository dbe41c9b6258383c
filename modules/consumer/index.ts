export { Consumer } from './consumer';
export type { ConsumerProps } from './props';
