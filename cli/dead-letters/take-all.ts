import {
  DeleteMessageCommand,
  type Message as Received,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeskPorts } from '../../functions/desk/core/desk';
import { keep } from '../../functions/desk/core/keep';
import type { Message } from '../../functions/runtime/message';

const messageOf = (
  { MessageId = '', Body = '', MessageAttributes = {}, Attributes = {} }: Received,
  source: string,
): Message => ({
  id: MessageId,
  body: Body,
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => [
      name,
      { type: DataType, value: StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64') },
    ]),
  ),
  sentAt: new Date(Number(Attributes.SentTimestamp)),
  receiveCount: Number(Attributes.ApproximateReceiveCount),
  group: Attributes.MessageGroupId,
  source,
});

/** Takes what lies in a queue into the desk: each message is kept first and deleted after it, so that dying in between leaves it in both places, as one letter. @returns letters that are new */
export async function takeAll(
  { sqs, queueUrl, arn }: { readonly sqs: SQSClient; readonly queueUrl: string; readonly arn: string },
  ports: DeskPorts,
  stopping: () => boolean,
): Promise<number> {
  let taken = 0;
  while (!stopping()) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 30,
        // A long poll asks every server of SQS: an empty answer means an empty queue.
        WaitTimeSeconds: 2,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    for (const received of Messages) {
      const { isNew } = await keep(messageOf(received, arn), ports);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: received.ReceiptHandle }));
      if (isNew) taken += 1;
    }
  }
  return taken;
}
