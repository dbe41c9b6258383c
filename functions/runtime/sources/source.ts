import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '../message';

/** What a source hands over in one invocation, and how it is answered. */
export interface Batch {
  readonly messages: readonly Message[];
  /** Messages of one group are handled one after another, and none goes past one that comes back. */
  readonly ordered: boolean;
  /** Messages go on to the main queue before they are begun, and are worked on from there. Default false. */
  readonly goesOnFirst?: boolean;
  /** Receives until the source parks a message; `Infinity` where it counts none. */
  readonly maxReceiveCount: number;
  /** Has a message come back after some seconds: here, or from the queue that it goes on to. */
  retry(message: Message, seconds: number): Promise<void>;
  /** The handler's answer. @param back messages that weren't finished with. @throws to have the whole batch again, where the source knows no other way */
  respond(back: readonly Message[], failedToRetry: readonly Message[]): unknown;
}

/** What a source may use. */
export interface SourceTools {
  readonly sqs: SQSClient;
  /** The main queue: of SQS, or the one behind the source that messages go on to when they can't be handled at once. */
  readonly queueUrl: string;
  readonly maxReceiveCount: number;
}

/** One kind of event source. */
export type Source = (tools: SourceTools) => {
  /** @returns nothing for an event of another source */
  read(event: unknown): Batch | undefined;
};
