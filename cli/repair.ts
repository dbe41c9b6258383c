/**
 * What waits in the repair tier for a person: `spillway repair --queue REPAIR_QUEUE_URL`. Nothing is ever only deleted: a message is sent to the main queue
 * first, or written to a file first, and dying in between leaves it in both places; the business id then makes one of them a duplicate.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { GetQueueAttributesCommand, type Message, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { REPAIR_REASONS } from '../functions/runtime/decide';
import { type Contracts, loadContracts } from './contracts';
import type { Command } from './night/command';
import { connectionTo } from './night/connection';
import { HeldMessages } from './night/held-messages';
import { printable } from './night/printable';
import { Stop } from './night/stop';
import { formatFor } from './repair/format';
import { asData, say } from './repair/messages';
import { planSend } from './repair/plan';
import { parseRequest, type Request, USAGE } from './repair/request';
import { sendAllAgain } from './repair/send-all';
import { type QueuePolicies, refuseWrongTiers } from './repair/tiers';

type ForOne = Extract<Request, { message: string }>;
type ForAll = Extract<Request, { action: 'send-all' }>;

const clientOf = (queueUrl: string, request: Request) => new SQSClient(connectionTo(queueUrl, request));

async function policiesOf(QueueUrl: string, request: Request): Promise<QueuePolicies> {
  const AttributeNames = ['RedrivePolicy' as const, 'RedriveAllowPolicy' as const];
  const { Attributes } = await clientOf(QueueUrl, request).send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
  );
  return Attributes ?? {};
}

/** What a look could not see, if anything. */
async function hiddenFrom(held: HeldMessages): Promise<string | undefined> {
  const hidden = await held.hiddenElsewhere();
  if (hidden === 0) return undefined;
  return `about ${hidden} more are hidden: somebody else looks at them, or a look was killed. Look again in two minutes.`;
}

async function show(held: HeldMessages, stop: Stop, json: boolean): Promise<void> {
  for (let messages = await held.receive(); messages.length > 0; messages = await held.receive()) {
    for (const message of messages) console.log(json ? JSON.stringify(asData(message)) : say(message));
    if (stop.requested) return console[json ? 'error' : 'log'](`stopped; ${held.count} so far`);
  }
  const hidden = await hiddenFrom(held);
  if (hidden) process.exitCode = 1;
  if (json) return hidden ? console.error(hidden) : undefined;
  if (held.count > 0) console.log(`${held.count} in all${hidden ? `, and ${hidden}` : ''}`);
  else console.log(hidden ? `Nothing is visible, but ${hidden}` : 'Nothing waits for repair.');
}

async function find(held: HeldMessages, { queue, message: wanted }: ForOne, stop: Stop): Promise<Message> {
  for (let messages = await held.receive(); messages.length > 0; messages = await held.receive()) {
    if (stop.requested) throw new Error('stopped; nothing was changed');
    const found = messages.find(({ MessageId }) => MessageId === wanted);
    if (found) return found;
  }
  const hidden = await hiddenFrom(held);
  throw new Error(`no message ${wanted} among the ${held.count} in ${queue}${hidden ? `; ${hidden}` : ''}`);
}

/** Into a file for its owner alone: a message may name a customer. @throws when the file is there already: nothing is written over */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(`${file} is there already, and nothing is written over it; name a new file`);
  }
}

const asJson = (message: Message) => `${JSON.stringify(message, null, 2)}\n`;

/** The message as it was, before another body takes its place. A file of its name is its copy from a run before: a message's body never changes. */
function keepCopy(message: Message): string {
  const file = `${message.MessageId?.replace(/[^\w-]/g, '_')}.json`;
  try {
    writeFileSync(file, asJson(message), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return file;
}

async function send(
  held: HeldMessages,
  message: Message,
  request: Extract<ForOne, { action: 'send' }>,
  contracts: Contracts,
) {
  const format = formatFor(message, contracts);
  const body = request.body === undefined ? undefined : readFileSync(request.body, 'utf8');
  const { again, changes, refused } = await planSend(message, body, request.newId, format);
  console.log(say(message));
  console.log(
    format
      ? `checked against the contract of ${format.consumer}`
      : 'its form is not checked: no contract of its consumer is known (--contract FILE)',
  );
  if (body !== undefined) {
    console.log(changes.length > 0 ? `what ${request.body} changes:` : `${request.body} changes nothing`);
    for (const change of changes) console.log(printable(`  ${change}`));
  }
  if (refused) throw new Error(`not sent: ${refused}`);
  if (changes.length > 0) console.log(`the message as it was: ${keepCopy(message)}`);
  await clientOf(request.to, request).send(new SendMessageCommand({ QueueUrl: request.to, ...again }));
  await held.delete(message);
  console.log(`sent again to ${request.to}`);
}

async function handle(held: HeldMessages, request: ForOne, stop: Stop, contracts: Contracts): Promise<void> {
  const message = await find(held, request, stop);
  if (request.action === 'send') return send(held, message, request, contracts);
  if (request.action === 'save') {
    writeNew(request.file, message.Body ?? '');
    return console.log(`its body is in ${request.file}; the message stays in repair`);
  }
  writeNew(request.file, asJson(message));
  await held.delete(message);
  console.log(`now in ${request.file}:\n${say(message)}`);
}

async function sendAll(held: HeldMessages, request: ForAll, stop: Stop, contracts: Contracts): Promise<void> {
  const { queue, to, reason } = request;
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
  const work = sendAllAgain({
    ...{ held, main, contracts, reason, fifo, progress },
    stopping: () => stop.requested,
  });
  const { sent, left, stopped } = await work.catch((error: unknown) => {
    console.error(`${soFar} were sent again before it failed; run it again to go on`);
    throw error;
  });
  const kinds = Object.entries(left).map(([why, count]) => `${count} ${why}`);
  console.log(`${sent} sent again to ${to}; left in repair: ${kinds.join(', ') || 'none'}`);
  if (fifo && kinds.length > 0) console.log('What waits behind them in their groups was not seen.');
  if (stopped) return console.log('Stopped before the queue was empty; run it again to go on.');
  const hidden = await hiddenFrom(held);
  if (hidden) console.log(`Not all of it was seen: ${hidden}`);
}

export const repair: Command = {
  usage: USAGE,
  async main(args) {
    const request = parseRequest(args, REPAIR_REASONS);
    const { queue, action } = request;
    const contracts = loadContracts(request.contracts);
    const to = 'to' in request ? request.to : undefined;
    const destination = to === undefined ? undefined : await policiesOf(to, request);
    refuseWrongTiers({ action, queue, to }, await policiesOf(queue, request), destination);
    const held = new HeldMessages(clientOf(queue, request), queue);
    const stop = new Stop();
    try {
      if (request.action === 'show') await show(held, stop, request.json);
      else if (request.action === 'send-all') await sendAll(held, request, stop, contracts);
      else await handle(held, request, stop, contracts);
    } finally {
      await held.putBack();
    }
  },
};
