import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

interface Stored {
  readonly id: string;
  readonly input: SendMessageCommand['input'];
  visibleAt: number;
  receives: number;
}

/** SQS as far as the commands for the night use it, in virtual time: each receive takes a while, and what isn't kept hidden comes back. */
export class MemorySqs {
  now = 1_000_000;
  /** Commands that fail from now on, by the name of their class. */
  readonly failing = new Set<string>();
  readonly calls: string[] = [];
  private readonly queues = new Map<string, Stored[]>();
  private count = 0;
  private sending = 0;

  constructor(private readonly millisecondsOfReceive = 20) {}

  readonly send = (async (command: { input: unknown; constructor: { name: string } }) => {
    this.calls.push(command.constructor.name);
    if (this.failing.has(command.constructor.name)) throw new Error(`${command.constructor.name} is refused`);
    if (command instanceof SendMessageCommand) {
      // Calls that are made at once arrive in any order; here in the opposite one.
      this.sending += 1;
      for (let turns = 20 - this.sending; turns > 0; turns -= 1) await Promise.resolve();
      this.sending -= 1;
      return this.put(command.input);
    }
    if (command instanceof ReceiveMessageCommand) return this.receive(command.input);
    if (command instanceof DeleteMessageCommand) return this.delete(command.input);
    if (command instanceof ChangeMessageVisibilityBatchCommand) return this.change(command.input);
    if (command instanceof GetQueueAttributesCommand) {
      const { QueueUrl = '' } = command.input;
      const hidden = this.messages(QueueUrl).length - this.visible(QueueUrl);
      return { Attributes: { ApproximateNumberOfMessagesNotVisible: String(hidden) } };
    }
    throw new Error(`${command.constructor.name} is not in this SQS`);
  }) as unknown as SQSClient['send'];

  /** The messages of a queue, visible or not, oldest first. */
  messages(url: string): readonly Stored[] {
    return this.queues.get(url) ?? [];
  }

  visible(url: string): number {
    return this.messages(url).filter(({ visibleAt }) => visibleAt <= this.now).length;
  }

  put(input: SendMessageCommand['input']): object {
    this.count += 1;
    const url = input.QueueUrl ?? '';
    this.queues.set(url, [...this.messages(url), { id: `m${this.count}`, input, visibleAt: 0, receives: 0 }]);
    return { MessageId: `m${this.count}` };
  }

  private receive({ QueueUrl = '', VisibilityTimeout = 30 }: ReceiveMessageCommand['input']): { Messages: Message[] } {
    this.now += this.millisecondsOfReceive;
    const fifo = QueueUrl.endsWith('.fifo');
    const hiding = new Set(
      this.messages(QueueUrl)
        .filter(({ visibleAt }) => visibleAt > this.now)
        .map(({ input }) => input.MessageGroupId),
    );
    const open = this.messages(QueueUrl).filter(
      ({ visibleAt, input }) => visibleAt <= this.now && !(fifo && hiding.has(input.MessageGroupId)),
    );
    return {
      Messages: open.slice(0, 10).map((stored) => {
        stored.visibleAt = this.now + VisibilityTimeout * 1000;
        stored.receives += 1;
        const { input, id, receives } = stored;
        return {
          MessageId: id,
          ReceiptHandle: `${id}/${receives}`,
          Body: input.MessageBody,
          MessageAttributes: input.MessageAttributes,
          Attributes: { ...(input.MessageGroupId && { MessageGroupId: input.MessageGroupId }) },
        };
      }),
    };
  }

  private delete({ QueueUrl = '', ReceiptHandle = '' }: DeleteMessageCommand['input']): object {
    const [id] = ReceiptHandle.split('/');
    this.queues.set(
      QueueUrl,
      this.messages(QueueUrl).filter((stored) => stored.id !== id),
    );
    return {};
  }

  private change({ QueueUrl = '', Entries = [] }: ChangeMessageVisibilityBatchCommand['input']): object {
    const Failed: { Id?: string }[] = [];
    for (const { Id, ReceiptHandle = '', VisibilityTimeout = 0 } of Entries) {
      const [wanted] = ReceiptHandle.split('/');
      const stored = this.messages(QueueUrl).find(({ id }) => id === wanted);
      // SQS takes this only from who holds the message.
      if (!stored || stored.visibleAt <= this.now) Failed.push({ Id });
      else stored.visibleAt = VisibilityTimeout === 0 ? 0 : this.now + VisibilityTimeout * 1000;
    }
    return { Failed };
  }
}
