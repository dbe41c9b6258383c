export { compile, type State, type StateMachine } from './compile';
export type { Parallel, Retry, SagaDefinition, Sequence, Step, Task } from './definition';
export { lambdaTask } from './lambda-task';
export type { SagaProps } from './props';
export { Saga } from './saga';
export { SagaPipe, type SagaPipeProps } from './saga-pipe';
