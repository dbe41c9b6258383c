import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { NOTE } from '../../functions/runtime/note';
import { command } from './command';
import { createDeskTable } from './desk-table';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const folder = mkdtempSync(join(tmpdir(), 'dead-letters-'));
const file = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};

beforeAll(async () => {
  await on.client(DynamoDBClient).send(new CreateTableCommand(createDeskTable('desk')));
});

const desk = (...parameters: string[]) => command(on.endpoint, 'dead-letters', '--table', 'desk', ...parameters);
const said = (...parameters: string[]) => {
  const { status, stdout, stderr } = desk(...parameters, '--json');
  if (status !== 0) throw new Error(`${parameters.join(' ')}: ${status} ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

test('a queue made by hand, with dead letters of SNS in it, is attached by its ARN, grouped, mended and sent', async () => {
  const main = await on.queue();
  const dead = await on.queue();
  const denied = { ErrorCode: text('AccessDenied'), ErrorMessage: text('is not authorized'), RequestID: text('r-1') };
  const malformed = {
    [NOTE]: text(JSON.stringify({ reason: 'malformed', detail: 'size is "huge": not a size', path: 'size' })),
  };
  for (const [number, attributes] of [denied, denied, malformed, malformed, malformed].entries()) {
    const MessageBody = `{"id":"i-${number}","size":"${number < 2 ? 'small' : 'huge'}","price":1.10}`;
    await on.sqs.send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody, MessageAttributes: attributes }));
  }
  const schema = file('schema.json', { type: 'object', properties: { size: { enum: ['small', 'large'] } } });
  said('attach', '--queue', dead.arn, '--to', main.url, '--schema', schema, '--id', 'id', '--approval-above', '2');
  const [{ tiers }] = said('queues');
  expect(tiers).toEqual([
    expect.objectContaining({ tier: 'dead-letters', queue: dead.arn, messages: 5, retentionSeconds: 345_600 }),
    expect.objectContaining({ tier: 'main', queue: main.arn, messages: 0 }),
  ]);
  expect(Date.parse(tiers[0].clock.latest)).toBeLessThanOrEqual(Date.now() + 345_600_000);
  expect(desk('groups').stdout).toMatch(/dead-letters queue-\d: 5 messages; SQS deletes the first by .* \(in 3 days\)/);
  expect(said('take', '--queue', dead.arn)).toEqual([{ taken: 5 }]);
  expect(await on.depth(dead.url)).toEqual({ waiting: 0, inFlight: 0 });

  const groups = said('groups').sort((a, b) => (a.verdict < b.verdict ? -1 : 1));
  expect(groups.map(({ cause, counts, verdict }) => [cause.reason, counts.open, verdict])).toEqual([
    ['malformed', 3, 'fix'],
    ['undelivered', 2, 'release'],
  ]);
  const [wrong, undelivered] = groups;

  const found = said('search', '--where', 'reason:malformed body.size=huge id:i-3');
  expect(found.map(({ businessId }) => businessId)).toEqual(['i-3']);
  expect(desk('search', '--where', 'size:huge')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('no term of a query'),
  });

  const [letter] = said('list', undelivered.id);
  expect(said('show', letter.id)[0]).toMatchObject({
    content: { body: '{"id":"i-0","size":"small","price":1.10}' },
    faults: [],
  });
  expect(said('send', letter.id)[0]).toMatchObject({ status: 'sent' });
  expect(desk('send', letter.id, '--version', '1')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('has changed letter'),
  });

  const patch = file('patch.json', [{ op: 'replace', path: '/size', value: 'small' }]);
  const plan = desk('release', wrong.id, '--patch', patch, '--dry-run');
  expect(plan.stdout).toContain('3 letters, 3 fit and would be sent, in 2 waves: about 30 min, about $0.01');
  expect(plan.stdout).toContain('Somebody else has to approve it.');
  const [release] = said('release', wrong.id, '--patch', patch, '--rate', '5');
  expect(release).toMatchObject({ state: 'awaiting-approval', rate: 5 });
  expect(desk('approve', release.id)).toMatchObject({
    ...{ status: 3, stderr: expect.stringContaining('somebody else has to approve it') },
  });
  said('cancel', release.id);
  said('comment', wrong.id, '--text', 'the supplier mends it today');
  expect(said('history', wrong.id)).toMatchObject([{ what: 'commented', note: 'the supplier mends it today' }]);
  const [{ days }] = said('trend', wrong.id);
  expect(days.reduce((sum: number, { letters }: { letters: number }) => sum + letters, 0)).toBe(3);
  const [one] = said('list', wrong.id);
  expect(desk('send', one.id)).toMatchObject({ status: 3, stderr: expect.stringContaining('so it stays: size') });
  const mended = file('mended.json', { id: 'i-2', size: 'large', price: 1 });
  expect(said('edit', one.id, '--body', mended)[0]).toMatchObject({ letter: { revision: 2 }, faults: [] });
  said('send', one.id);
  expect(said('timeline', '--id', 'i-2').map(({ what }) => what)).toEqual([
    'sent to the queue',
    'kept',
    'edited',
    'sending',
    'sent',
  ]);
  const bodies = (await on.receive(main.url)).map(({ Body }) => Body);
  expect(bodies.sort()).toEqual(['{"id":"i-0","size":"small","price":1.10}', '{"id":"i-2","size":"large","price":1}']);

  const day = new Date().toISOString().slice(0, 10);
  const audit = said('audit', '--day', day).filter(({ of }) => of === one.id);
  expect(audit.map(({ what }) => what)).toEqual(['kept', 'edited', 'sending', 'sent']);
}, 120_000);

test('a command line that makes no sense is answered with the usage', () => {
  expect(desk('tidy')).toMatchObject({ status: 2, stderr: expect.stringContaining('"tidy" is no command') });
  expect(desk('groups', '--why', 'x')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('groups takes no --why'),
  });
  expect(desk('show', '0123')).toMatchObject({ status: 1, stderr: expect.stringContaining('there is no letter 0123') });
}, 60_000);
