export { type AlarmProps, metricAlarm } from './alarm';
