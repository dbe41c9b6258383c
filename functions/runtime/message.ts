/** One attribute that a sender put on a message, as SQS types them. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with or without a custom label: `Number.cents`. */
  readonly type: string;
  /** The value; base64 where the type is `Binary`. */
  readonly value: string;
}

/** One delivery of a message, whichever source it came from. */
export interface Message {
  /** The source's id of it: for logs and for the source's answer, never an identity: a redrive gives another one. */
  readonly id: string;
  readonly body: string;
  /** What was received, where that is not the text of `body`: a broker, a stream or a topic may carry any bytes. */
  readonly bytes?: Uint8Array | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** When it was sent, or released from the parked tier: that makes a new message of it. */
  readonly sentAt: Date;
  /** Receives since it was sent, this one among them: 1 for the first. */
  readonly receiveCount: number;
  /** Messages of one group keep their order: a FIFO queue's message group, a stream's partition key. */
  readonly group?: string | undefined;
  /** ARN of the queue, stream, topic or broker. */
  readonly source: string;
}
