/** `spillway/runtime`: what a consumer of one's own is made of. */
export { type Backoff, fullJitter } from './backoff';
export { protect } from './breaker/protect';
export { type CanaryAnswer, type CanaryContext, type CanaryResult, canary } from './canary';
export { ConsumerDefinitionError, type ConsumerHandler, consumer } from './consumer';
export {
  type ConsumerContract,
  defineCanary,
  defineConsumer,
  defineContract,
  type Envelope,
  type EnvironmentOf,
  type FunctionContract,
  MissingEnvironmentError,
  readEnvironment,
} from './contract';
export type { Action, Outcome, OutcomeKind, RepairReason } from './decide';
export type { ConsumerDefinition, ConsumerLogger, WorkContext } from './definition';
export {
  expectOk,
  type Failure,
  Internal,
  Refused,
  retryAfterOf,
  sortAwsError,
  Unavailable,
  unavailable,
} from './failures';
export { DynamoDbLedger } from './ledger/dynamodb-ledger';
export type { Begun, Claim, Ledger, LedgerEntry, LedgerStatus, Note, Release } from './ledger/ledger';
export type { Message, MessageAttribute } from './message';
export { markSentAgain, NOTE, type RepairNote, unannotate } from './note';
export { patience } from './patience';
export { activemq } from './sources/activemq';
export { dynamodbStreams } from './sources/dynamodb-streams';
export { NotHandedOverError } from './sources/going-on';
export { kafka } from './sources/kafka';
export { kinesis } from './sources/kinesis';
export { rabbitmq } from './sources/rabbitmq';
export type { Batch, Source, SourceTools } from './sources/source';
export { sqs } from './sources/sqs';
export type { StandardSchema } from './standard-schema';
