export { ownBundle } from './bundle';
export { ExistingFunction, type ExistingFunctionProps } from './existing-function';
export type { Grantee, Invocable } from './grantee';
export { LambdaFunction } from './lambda-function';
export type { LambdaFunctionProps } from './props';
export { grantSecret } from './secret';
