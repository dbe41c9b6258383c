/**
 * What waits in the repair tier for a person: `npm run repair -- --queue REPAIR_QUEUE_URL`. Nothing is ever only deleted: a message is sent to the main queue
 * first, or written to a file first, and dying in between leaves it in both places; the order id then makes one of them a duplicate.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mended, parseArguments, say } from './repair/messages';

const sqs = new SQSClient({});

/** The messages of the queue, by id, up to the one that is wanted. They are hidden for a minute, or until they are put back. */
async function look(QueueUrl: string, wanted?: string): Promise<Map<string, Message>> {
  const seen = new Map<string, Message>();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...{ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60, WaitTimeSeconds: 2 },
        ...{ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] },
      }),
    );
    const before = seen.size;
    for (const message of Messages) seen.set(message.MessageId ?? '', message);
    if (seen.size === before || (wanted && seen.has(wanted))) return seen;
  }
}

async function main(): Promise<void> {
  const request = parseArguments(process.argv.slice(2));
  if ('usage' in request) {
    console.error(request.usage);
    process.exitCode = 2;
    return;
  }
  const { queue: QueueUrl } = request;
  const wanted = request.action === 'show' ? undefined : request.message;
  const seen = await look(QueueUrl, wanted);
  try {
    if (request.action === 'show') {
      for (const message of seen.values()) console.log(say(message));
      console.log(seen.size === 0 ? 'Nothing waits for repair.' : `${seen.size} in all`);
      return;
    }
    const found = seen.get(request.message);
    if (!found) throw new Error(`no message ${request.message} among the ${seen.size} in ${QueueUrl}`);
    if (request.action === 'send') {
      const body = request.body ? readFileSync(request.body, 'utf8') : (found.Body ?? '');
      await sqs.send(new SendMessageCommand({ QueueUrl: request.to, ...mended(found, body) }));
    } else {
      writeFileSync(request.file, `${JSON.stringify(found, null, 2)}\n`, { flag: 'wx' });
    }
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: found.ReceiptHandle }));
    seen.delete(request.message);
    console.log(
      `${request.action === 'send' ? `sent again to ${request.to}` : `now in ${request.file}`}:\n${say(found)}`,
    );
  } finally {
    for (const { ReceiptHandle } of seen.values()) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
