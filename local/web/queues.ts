import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, Move } from '../../web/wire';

export interface Depth {
  /** Visible or delayed. */
  readonly waiting: number;
  readonly inFlight: number;
}

/** What the pages read of the queues. Nothing here changes a message. */
export class Queues {
  private readonly arns = new Map<string, string>();

  constructor(private readonly sqs: SQSClient) {}

  async depth(url: string): Promise<Depth> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    const count = (name: keyof typeof Attributes) => Number(Attributes[name] ?? 0);
    return {
      waiting: count('ApproximateNumberOfMessages') + count('ApproximateNumberOfMessagesDelayed'),
      inFlight: count('ApproximateNumberOfMessagesNotVisible'),
    };
  }

  /** The latest message move out of a dead-letter queue. */
  async move(url: string): Promise<Move | undefined> {
    const SourceArn = await this.arn(url);
    const { Results = [] } = await this.sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 }));
    const [latest] = [...Results].sort((a, b) => Number(b.StartedTimestamp ?? 0) - Number(a.StartedTimestamp ?? 0));
    if (!latest) return undefined;
    return {
      status: latest.Status as Move['status'],
      moved: Number(latest.ApproximateNumberOfMessagesMoved ?? 0),
      startedAt: Number(latest.StartedTimestamp ?? 0),
      ...(latest.ApproximateNumberOfMessagesToMove !== undefined && {
        toMove: Number(latest.ApproximateNumberOfMessagesToMove),
      }),
      ...(latest.MaxNumberOfMessagesPerSecond && { rate: latest.MaxNumberOfMessagesPerSecond }),
      ...(latest.FailureReason && { failure: latest.FailureReason }),
    };
  }

  /**
   * Up to ten dead letters, left where they are: received with a visibility time-out of 0, so that they are there for the next who
   * looks. That spends a receive, which means nothing in a queue that has no dead-letter queue of its own.
   */
  async look(url: string): Promise<DeadLetter[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        WaitTimeSeconds: 0,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    const letters = Messages.map(({ MessageId = '', Body = '', Attributes, MessageAttributes = {} }) => ({
      messageId: MessageId,
      body: Body.slice(0, 4000),
      sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)).toISOString(),
      attributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '(binary)']),
      ),
    }));
    return [...new Map(letters.map((letter) => [letter.messageId, letter])).values()];
  }

  private async arn(url: string): Promise<string> {
    const known = this.arns.get(url);
    if (known) return known;
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    );
    const arn = Attributes?.QueueArn ?? '';
    this.arns.set(url, arn);
    return arn;
  }
}
