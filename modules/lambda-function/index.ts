export type { Grantee } from './grantee';
export { LambdaFunction } from './lambda-function';
export type { LambdaFunctionProps } from './props';
