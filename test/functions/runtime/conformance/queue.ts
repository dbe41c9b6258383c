import { ChangeMessageVisibilityCommand, SendMessageCommand, type SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { unannotate } from '../../../../functions/runtime/note';

export interface Queued {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly attributes: Record<string, { dataType: string; stringValue?: string; binaryValue?: string }>;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
}

/** Seconds in which a FIFO queue drops a repeated deduplication id. Source: SQS guide, "Exactly-once processing". */
const DEDUPLICATION_SECONDS = 300;
const VISIBILITY_SECONDS = 180;
/** Source: SQS API, SendMessage, MessageGroupId. */
const FIFO_NAME = /^[\x21-\x7e]{1,128}$/;

/** A main queue of SQS with its tiers, standard or FIFO. */
export class Tiers {
  readonly main: Queued[] = [];
  readonly parked: Queued[] = [];
  readonly repair: { readonly body: string; readonly reason: string | undefined }[] = [];
  private readonly deduplicated = new Map<string, number>();
  private count = 0;

  constructor(
    private readonly clock: { now: number },
    private readonly options: { readonly fifo: boolean; readonly maxReceiveCount: number; readonly batchSize: number },
  ) {}

  get url(): string {
    return `main${this.options.fifo ? '.fifo' : ''}`;
  }

  /** What SQS does with a command of its client. */
  take(command: unknown): void {
    if (command instanceof ChangeMessageVisibilityCommand) {
      const one = this.main.find(({ id }) => id === command.input.ReceiptHandle);
      if (one) one.visibleAt = this.clock.now + Number(command.input.VisibilityTimeout) * 1000;
    } else if (command instanceof SendMessageCommand) this.sent(command.input);
  }

  put(body: string, group?: string, attributes: Queued['attributes'] = {}, delay = 0): void {
    this.clock.now += 1;
    this.count += 1;
    const { now } = this.clock;
    const times = { sentAt: now, visibleAt: now + delay * 1000, receiveCount: 0 };
    this.main.push({ id: `m-${this.count}`, body, group, attributes, ...times });
  }

  /** What is visible, as one receive takes it; of a FIFO group nothing that stands behind a message in flight. What was received too often is parked. */
  receive(): Queued[] {
    const { fifo, batchSize, maxReceiveCount } = this.options;
    const blocked = new Set<string | undefined>();
    const received: Queued[] = [];
    for (const one of [...this.main]) {
      if (received.length === batchSize) break;
      if (fifo && blocked.has(one.group)) continue;
      if (one.visibleAt > this.clock.now) blocked.add(one.group);
      else if (one.receiveCount >= maxReceiveCount) {
        this.remove(one);
        this.parked.push(one);
      } else received.push(one);
    }
    for (const one of received) {
      one.receiveCount += 1;
      one.visibleAt = this.clock.now + VISIBILITY_SECONDS * 1000;
    }
    return received;
  }

  remove(one: Queued): void {
    const at = this.main.indexOf(one);
    if (at >= 0) this.main.splice(at, 1);
  }

  /** Each becomes a new message, as with a move of SQS. */
  release(): void {
    for (const { body, group, attributes } of this.parked.splice(0)) this.put(body, group, attributes);
  }

  event(received: readonly Queued[]): unknown {
    return {
      Records: received.map(({ id, body, receiveCount, sentAt, group, attributes }) => ({
        ...{ messageId: id, receiptHandle: id, body, messageAttributes: attributes, eventSource: 'aws:sqs' },
        attributes: {
          ApproximateReceiveCount: String(receiveCount),
          SentTimestamp: String(sentAt),
          ...(group && { MessageGroupId: group }),
        },
        eventSourceARN: `arn:aws:sqs:eu-central-1:123456789012:${this.url}`,
      })),
    };
  }

  private sent({ QueueUrl, MessageBody: body = '', MessageAttributes, ...input }: SendMessageCommandInput): void {
    const { MessageGroupId: group, MessageDeduplicationId: id, DelaySeconds } = input;
    for (const name of [group, id])
      if (name !== undefined && !FIFO_NAME.test(name)) throw new Error(`SQS takes no group or id "${name}"`);
    if (id && this.isRepeated(`${QueueUrl} ${id}`)) return;
    const given = Object.entries(MessageAttributes ?? {}).map(
      ([name, { DataType = '', StringValue, BinaryValue }]) => ({
        ...{ name, dataType: DataType, stringValue: StringValue },
        binaryValue: BinaryValue && Buffer.from(BinaryValue).toString('base64'),
      }),
    );
    if (QueueUrl === 'repair') {
      const own = given.map(({ name, dataType, stringValue, binaryValue = '' }) => [
        name,
        { type: dataType, value: stringValue ?? binaryValue },
      ]);
      this.repair.push({ body, reason: unannotate(Object.fromEntries(own)).note?.reason });
      return;
    }
    this.put(body, group, Object.fromEntries(given.map(({ name, ...value }) => [name, value])), DelaySeconds);
  }

  private isRepeated(key: string): boolean {
    const before = this.deduplicated.get(key);
    if (before !== undefined && before > this.clock.now - DEDUPLICATION_SECONDS * 1000) return true;
    this.deduplicated.set(key, this.clock.now);
    return false;
  }
}
