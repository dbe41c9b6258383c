import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { anOrder } from '../functions/shop/orders';
import { command } from './command';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const repair = (...parameters: string[]) => command(on.endpoint, 'repair', ...parameters);

test('what waits is shown and stays; one is mended and sent again, one is taken out, the rest is left', async () => {
  const [queue, main] = [await on.queue(), await on.queue()];
  const folder = mkdtempSync(join(tmpdir(), 'spillway-repair-'));
  const file = (name: string) => join(folder, name);
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  for (const name of ['first', 'second', 'third']) {
    const note = { 'Spillway.Reason': text('malformed'), 'Spillway.OrderId': text(name), origin: text('till 4') };
    await on.sqs.send(
      new SendMessageCommand({ QueueUrl: queue.url, MessageBody: `{"orderId":"${name}"}`, MessageAttributes: note }),
    );
  }
  const shown = repair('--queue', queue.url);
  expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('3 in all') });
  const id = (name: string) => shown.stdout.match(new RegExp(`^(\\S+)  order ${name}`, 'm'))?.[1] as string;
  expect(await on.depth(queue.url)).toEqual({ waiting: 3, inFlight: 0 });

  const send = ['--queue', queue.url, '--message', id('first'), '--to', main.url];
  const asItIs = repair(...send);
  expect(asItIs).toMatchObject({ status: 1, stderr: expect.stringContaining('still malformed') });
  expect(await on.depth(queue.url)).toEqual({ waiting: 3, inFlight: 0 });
  writeFileSync(file('mended.json'), JSON.stringify(anOrder()));
  expect(repair(...send, '--body', file('mended.json'))).toMatchObject({ status: 0 });
  const [again] = await on.receive(main.url);
  expect(again?.Body).toBe(readFileSync(file('mended.json'), 'utf8'));
  expect(Object.keys(again?.MessageAttributes ?? {})).toEqual(['origin']);

  const take = ['--queue', queue.url, '--message', id('second'), '--take', file('taken.json')];
  expect(repair(...take)).toMatchObject({ status: 0 });
  expect(JSON.parse(readFileSync(file('taken.json'), 'utf8'))).toMatchObject({ Body: '{"orderId":"second"}' });
  expect(repair(...take)).toMatchObject({ status: 1, stderr: expect.stringContaining(`no message ${id('second')}`) });
  expect(await on.depth(queue.url)).toEqual({ waiting: 1, inFlight: 0 });

  // A file that is there already is never written over, and the message stays.
  const third = ['--queue', queue.url, '--message', id('third'), '--take', file('taken.json')];
  expect(repair(...third)).toMatchObject({ status: 1, stderr: expect.stringContaining('EEXIST') });
  expect(await on.depth(queue.url)).toEqual({ waiting: 1, inFlight: 0 });
}, 60_000);

test('after a bad sender everything of one reason is sent again with one command, and the rest stays', async () => {
  const [queue, main] = [await on.queue(), await on.queue()];
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  for (let index = 0; index < 25; index += 1) {
    const note = { 'Spillway.Reason': text(index % 5 === 0 ? 'rejected' : 'poison') };
    const MessageBody = JSON.stringify(anOrder({ orderId: `order-all-${index}` }));
    await on.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody, MessageAttributes: note }));
  }
  expect(repair('--queue', queue.url, '--all', '--reason', 'poison', '--to', main.url)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`20 sent again to ${main.url}; left in repair: 5 rejected`),
  });
  expect(await on.depth(main.url)).toEqual({ waiting: 20, inFlight: 0 });
  expect(await on.depth(queue.url)).toEqual({ waiting: 5, inFlight: 0 });
  repair('--queue', queue.url, '--all', '--to', main.url);
  expect(repair('--queue', queue.url)).toMatchObject({ status: 0, stdout: 'Nothing waits for repair.\n' });
}, 60_000);
