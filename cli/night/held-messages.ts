import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Seconds that a message stays hidden if this process dies, and at most between two renewals. */
const HIDDEN_SECONDS = 120;
/** Milliseconds after which everything that is held is hidden anew. */
const RENEW_MS = 30_000;

/**
 * The messages of a queue, received and kept hidden for as long as they are worked on, however many there are. SQS knows no other way to look.
 * Whatever isn't deleted has to be put back, or it comes back by itself after two minutes.
 */
export class HeldMessages {
  private readonly held = new Map<string, Message>();
  private renewedAt = 0;

  constructor(
    private readonly sqs: Pick<SQSClient, 'send'>,
    private readonly queueUrl: string,
    private readonly now: () => number = Date.now,
  ) {}

  get count(): number {
    return this.held.size;
  }

  /** Up to ten that are not held yet; none when the queue has no more. */
  async receive(): Promise<Message[]> {
    await this.renew();
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HIDDEN_SECONDS,
        // A long poll asks every server of SQS: an empty answer means an empty queue.
        WaitTimeSeconds: 2,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const fresh = Messages.filter(({ MessageId = '' }) => !this.held.has(MessageId));
    // A standard queue may deliver one twice: the newer receipt handle is the one that counts.
    for (const message of Messages) this.held.set(message.MessageId ?? '', message);
    return fresh;
  }

  async delete({ MessageId = '' }: Message): Promise<void> {
    const ReceiptHandle = this.held.get(MessageId)?.ReceiptHandle;
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queueUrl, ReceiptHandle }));
    this.held.delete(MessageId);
  }

  /** About how many are hidden and not held here: others look at them, or a look was ended the hard way. Without them "nothing is there" would be a guess. */
  async hiddenElsewhere(): Promise<number> {
    const hidden = 'ApproximateNumberOfMessagesNotVisible';
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: [hidden] }),
    );
    return Math.max(0, Number(Attributes?.[hidden] ?? 0) - this.held.size);
  }

  /** Makes everything that is held visible again. Never throws: what it can't put back comes back by itself, and the outcome of the work is what counts. */
  async putBack(): Promise<void> {
    const failed = await this.hide(0);
    if (failed > 0) console.error(`${failed} could not be put back; they are visible again in ${HIDDEN_SECONDS} s`);
    this.held.clear();
  }

  private async renew(): Promise<void> {
    if (this.now() - this.renewedAt < RENEW_MS) return;
    this.renewedAt = this.now();
    await this.hide(HIDDEN_SECONDS);
  }

  /** @returns how many it failed for */
  private async hide(VisibilityTimeout: number): Promise<number> {
    const entries = [...this.held.values()].map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout,
    }));
    const batches = Array.from({ length: Math.ceil(entries.length / 10) }, (_, index) =>
      entries.slice(index * 10, index * 10 + 10),
    );
    let failed = 0;
    // Ten calls at once: a thousand messages are renewed in about a second.
    for (let index = 0; index < batches.length; index += 10) {
      const calls = batches.slice(index, index + 10).map(async (Entries) => {
        const change = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.queueUrl, Entries });
        const { Failed = [] } = await this.sqs.send(change);
        return Failed.length;
      });
      for (const [at, outcome] of (await Promise.allSettled(calls)).entries()) {
        failed += outcome.status === 'fulfilled' ? outcome.value : (batches[index + at]?.length ?? 0);
      }
    }
    return failed;
  }
}
