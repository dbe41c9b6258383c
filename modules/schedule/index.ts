export { invokeEvery, type ScheduleProps } from './schedule';
