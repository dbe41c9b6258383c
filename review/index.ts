/** What a file of one's own rules imports: types only, so that at run time it needs nothing of the package. */
export type { Messaging } from './graph/messaging';
export type { Reader } from './graph/readers';
export type { Side } from './graph/side';
export type { OwnContext, OwnRule } from './own/own-rule';
export type { Vocabulary } from './own/vocabulary';
export type { Action, Plan, Resource } from './plan/model';
export type { Value } from './plan/values';
export type { Draft, Severity } from './rules/rule';
