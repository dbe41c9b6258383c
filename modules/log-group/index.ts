export { executionHistory } from './execution-history';
export { deliveredLogs, type LogGroupProps, logGroup } from './log-group';
export { loggedStage } from './logged-stage';
