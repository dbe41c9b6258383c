export { linkRunbooks } from './runbooks';
