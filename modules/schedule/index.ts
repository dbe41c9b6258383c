export { invokeEvery } from './schedule';
