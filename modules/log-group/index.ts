export { type LogGroupProps, logGroup } from './log-group';
