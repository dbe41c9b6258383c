import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { NOTE } from '../../functions/runtime/note';
import { anOrder } from '../functions/shop/orders';
import { command, ROOT, started } from './command';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const repair = (...parameters: string[]) => command(on.endpoint, 'repair', ...parameters);
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** Main and repair as modules/tiered-queue makes them. */
async function tiers() {
  const { main, parked } = await on.withDeadLetters(3);
  const queue = await on.queue({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) });
  return { main, parked, queue };
}

test('what waits is shown and stays; one is mended and sent again, one is taken out, the rest is left', async () => {
  const { queue, main } = await tiers();
  const folder = mkdtempSync(join(tmpdir(), 'spillway-repair-'));
  const file = (name: string) => join(folder, name);
  for (const name of ['first', 'second', 'third']) {
    const note = {
      [NOTE]: text(JSON.stringify({ reason: 'malformed', id: name, consumer: 'order-consumer' })),
      origin: text('till 4'),
    };
    await on.sqs.send(
      new SendMessageCommand({ QueueUrl: queue.url, MessageBody: `{"orderId":"${name}"}`, MessageAttributes: note }),
    );
  }
  const shown = repair('--queue', queue.url);
  expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('3 in all') });
  const id = (name: string) => shown.stdout.match(new RegExp(`^(\\S+)  ${name} `, 'm'))?.[1] as string;
  expect(await on.depth(queue.url)).toEqual({ waiting: 3, inFlight: 0 });

  const send = ['--queue', queue.url, '--message', id('first'), '--to', main.url];
  const asItIs = repair(...send);
  expect(asItIs).toMatchObject({ status: 1, stderr: expect.stringContaining('still malformed') });
  expect(await on.depth(queue.url)).toEqual({ waiting: 3, inFlight: 0 });
  writeFileSync(file('mended.json'), JSON.stringify(anOrder()));
  const another = repair(...send, '--body', file('mended.json'));
  expect(another).toMatchObject({ status: 1, stderr: expect.stringContaining('but the message is first') });
  expect(another.stdout).toContain('orderId: "first" →');
  expect(await on.depth(queue.url)).toEqual({ waiting: 3, inFlight: 0 });

  const meant = repair(...send, '--body', file('mended.json'), '--new-id');
  expect(meant).toMatchObject({ status: 0, stderr: '' });
  const copy = join(ROOT, `${id('first')}.json`);
  expect(JSON.parse(readFileSync(copy, 'utf8'))).toMatchObject({ Body: '{"orderId":"first"}' });
  rmSync(copy);
  const [again] = await on.receive(main.url);
  expect(again?.Body).toBe(readFileSync(file('mended.json'), 'utf8'));
  expect(Object.keys(again?.MessageAttributes ?? {}).sort()).toEqual([NOTE, 'origin']);
  expect(JSON.parse(again?.MessageAttributes?.[NOTE]?.StringValue ?? '')).toEqual({ sentAgain: expect.any(String) });

  const take = ['--queue', queue.url, '--message', id('second'), '--take', file('taken.json')];
  expect(repair(...take)).toMatchObject({ status: 0 });
  expect(JSON.parse(readFileSync(file('taken.json'), 'utf8'))).toMatchObject({ Body: '{"orderId":"second"}' });
  expect(repair(...take)).toMatchObject({ status: 1, stderr: expect.stringContaining(`no message ${id('second')}`) });
  expect(await on.depth(queue.url)).toEqual({ waiting: 1, inFlight: 0 });

  const saved = ['--queue', queue.url, '--message', id('third'), '--save', file('third.json')];
  expect(repair(...saved)).toMatchObject({ status: 0 });
  expect(readFileSync(file('third.json'), 'utf8')).toBe('{"orderId":"third"}');

  // A file that is there already is never written over, and the message stays.
  const third = ['--queue', queue.url, '--message', id('third'), '--take', file('taken.json')];
  expect(repair(...third)).toMatchObject({ status: 1, stderr: expect.stringContaining('is there already') });
  expect(await on.depth(queue.url)).toEqual({ waiting: 1, inFlight: 0 });
}, 60_000);

test('after a bad sender everything of one reason is sent again with one command, and the rest stays', async () => {
  const { queue, main } = await tiers();
  for (let index = 0; index < 25; index += 1) {
    const note = { [NOTE]: text(JSON.stringify({ reason: index % 5 === 0 ? 'refused' : 'poison' })) };
    const MessageBody = JSON.stringify(anOrder({ orderId: `order-all-${index}` }));
    await on.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody, MessageAttributes: note }));
  }
  expect(repair('--queue', queue.url, '--all', '--reason', 'poison', '--to', main.url)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`20 sent again to ${main.url}; left in repair: 5 refused`),
  });
  expect(await on.depth(main.url)).toEqual({ waiting: 20, inFlight: 0 });
  expect(await on.depth(queue.url)).toEqual({ waiting: 5, inFlight: 0 });
  repair('--queue', queue.url, '--all', '--to', main.url);
  expect(repair('--queue', queue.url)).toMatchObject({ status: 0, stdout: 'Nothing waits for repair.\n' });
}, 60_000);

test.each(['SIGINT', 'SIGTERM', 'head'])(
  'ended by %s, a look puts back what it held',
  async (ended) => {
    const { queue } = await tiers();
    for (let index = 0; index < 25; index += 1) {
      await on.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: `message ${index}` }));
    }
    const { child, exited } = started(on.endpoint, 'repair', '--queue', queue.url);
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    if (ended === 'head') child.stdout.destroy();
    else child.kill(ended as NodeJS.Signals);
    await exited;
    expect(await on.depth(queue.url)).toEqual({ waiting: 25, inFlight: 0 });
  },
  60_000,
);

test('what a killed look left hidden is never called nothing', async () => {
  const { queue } = await tiers();
  await on.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'one' }));
  await on.receive(queue.url, 60);
  expect(repair('--queue', queue.url)).toMatchObject({
    ...{ status: 1, stdout: expect.stringContaining('Nothing is visible, but about 1 more are hidden') },
  });
}, 60_000);

test('a main queue is not looked at, and a parked one not sent past the canary', async () => {
  const { main } = await tiers();
  const parked = await on.queue({
    RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [main.arn] }),
  });
  await on.sqs.send(new SendMessageCommand({ QueueUrl: main.url, MessageBody: 'waiting' }));
  expect(repair('--queue', main.url)).toMatchObject({ status: 2, stderr: expect.stringContaining('is a main queue') });
  const [waiting] = await on.receive(main.url);
  expect(waiting?.Attributes?.ApproximateReceiveCount).toBe('1');
  const all = repair('--queue', parked.url, '--all', '--to', main.url);
  expect(all).toMatchObject({ status: 2, stderr: expect.stringContaining('past the canary') });
}, 60_000);
