export { logGroup } from './log-group';
