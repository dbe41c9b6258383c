/**
 * What waits in the repair tier for a person: `npm run repair -- --queue REPAIR_QUEUE_URL`. Nothing is ever only deleted: a message is sent to the main queue
 * first, or written to a file first, and dying in between leaves it in both places; the order id then makes one of them a duplicate.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Message, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { run } from './night/command';
import { connectionTo } from './night/connection';
import { HeldMessages } from './night/held-messages';
import { mended, say } from './repair/messages';
import { parseRequest, type Request, USAGE } from './repair/request';
import { sendAllAgain } from './repair/send-all';

type ForOne = Extract<Request, { message: string }>;
type ForAll = Extract<Request, { action: 'send-all' }>;

const clientOf = (queueUrl: string, request: Request) => new SQSClient(connectionTo(queueUrl, request));

async function show(held: HeldMessages): Promise<void> {
  for (let messages = await held.receive(); messages.length > 0; messages = await held.receive()) {
    for (const message of messages) console.log(say(message));
  }
  console.log(held.count === 0 ? 'Nothing waits for repair.' : `${held.count} in all`);
}

async function find(held: HeldMessages, { queue, message: wanted }: ForOne): Promise<Message> {
  for (let messages = await held.receive(); messages.length > 0; messages = await held.receive()) {
    const found = messages.find(({ MessageId }) => MessageId === wanted);
    if (found) return found;
  }
  throw new Error(`no message ${wanted} among the ${held.count} in ${queue}`);
}

async function handle(held: HeldMessages, request: ForOne): Promise<void> {
  const message = await find(held, request);
  if (request.action === 'send') {
    const body = request.body ? readFileSync(request.body, 'utf8') : (message.Body ?? '');
    const again = new SendMessageCommand({ QueueUrl: request.to, ...mended(message, body) });
    await clientOf(request.to, request).send(again);
  } else {
    writeFileSync(request.file, `${JSON.stringify(message, null, 2)}\n`, { flag: 'wx' });
  }
  await held.delete(message);
  console.log(
    `${request.action === 'send' ? `sent again to ${request.to}` : `now in ${request.file}`}:\n${say(message)}`,
  );
}

async function sendAll(held: HeldMessages, request: ForAll): Promise<void> {
  const { queue, to, reason } = request;
  let stopping = false;
  // Ctrl-C ends it after the messages that are under way, and puts the rest back.
  process.once('SIGINT', () => {
    stopping = true;
  });
  let soFar = 0;
  let saidAt = Date.now();
  const progress = (sent: number) => {
    soFar = sent;
    if (Date.now() - saidAt < 5000) return;
    saidAt = Date.now();
    console.log(`${sent} sent again …`);
  };
  const fifo = queue.endsWith('.fifo');
  const main = { sqs: clientOf(to, request), queueUrl: to };
  const work = sendAllAgain({ ...{ held, main, reason, fifo, progress }, stopping: () => stopping });
  const { sent, left, stopped } = await work.catch((error: unknown) => {
    console.error(`${soFar} were sent again before it failed; run it again to go on`);
    throw error;
  });
  const kinds = Object.entries(left).map(([why, count]) => `${count} ${why}`);
  console.log(`${sent} sent again to ${to}; left in repair: ${kinds.join(', ') || 'none'}`);
  if (fifo && kinds.length > 0) console.log('What waits behind them in their groups was not seen.');
  if (stopped) console.log('Stopped before the queue was empty; run it again to go on.');
}

void run(USAGE, async (args) => {
  const request = parseRequest(args);
  const held = new HeldMessages(clientOf(request.queue, request), request.queue);
  try {
    if (request.action === 'show') await show(held);
    else if (request.action === 'send-all') await sendAll(held, request);
    else await handle(held, request);
  } finally {
    await held.putBack();
  }
});
