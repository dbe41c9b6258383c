import { join } from 'node:path';
import { type Guard, withoutGuards } from '../../../without-guards';
import { conformsByName } from './conforms';

const GOING_ON = 'functions/runtime/sources/going-on.ts';
const HANDLE = 'functions/runtime/handle.ts';

/** Each by itself has to show in the histories of the source that it is named with. */
const GUARDS: readonly (Guard & { readonly source: string })[] = [
  {
    guard: 'what stands behind a record that could not be handed over does not go past it',
    source: 'Kinesis through a FIFO queue',
    file: GOING_ON,
    from: 'if (ordered && stuck.has(message.group)) throw',
    to: 'if (false as boolean) throw',
  },
  {
    guard: 'through a FIFO queue every record goes on first',
    source: 'Kafka through a FIFO queue',
    file: GOING_ON,
    from: 'goesOnFirst: ordered && isFifo(queueUrl),',
    to: 'goesOnFirst: false,',
  },
  {
    guard: 'a record is in the queue before its source lets go of it',
    source: 'Kinesis through a FIFO queue',
    file: HANDLE,
    from: 'return (await this.comesBack(message, outcome, 0)) ?? this.finished',
    to: 'return this.finished',
  },
  {
    guard: 'what comes back is in the queue before its source lets go of it',
    source: 'ActiveMQ',
    file: GOING_ON,
    from: 'await handOver(sqs, queueUrl, message, seconds);',
    to: 'void handOver;',
  },
  {
    guard: 'a source that knows no partial batch delivers again what could not be handed over',
    source: 'RabbitMQ',
    file: GOING_ON,
    from: 'if (lost.length > 0) throw new NotHandedOverError(lost, messages.length);',
    to: '',
  },
  {
    guard: 'a shard begins again at the first record that could not be handed over',
    source: 'DynamoDB streams',
    file: 'functions/runtime/sources/kinesis.ts',
    from: 'const first = records.find(({ message }) => lost.includes(message));',
    to: 'const first = records.findLast(({ message }) => lost.includes(message));',
  },
  {
    guard: "a record's key is its group",
    source: 'Kinesis through a FIFO queue',
    file: 'functions/runtime/sources/kinesis.ts',
    from: 'streamRecord(eventID, record.partitionKey, data)',
    to: 'streamRecord(eventID, eventID, data)',
  },
  {
    guard: 'records of one aggregate are told apart',
    source: 'Kinesis, aggregated through a FIFO queue',
    file: 'functions/runtime/sources/kinesis.ts',
    from: '`${eventID}.${index}`',
    to: '`${eventID}${index && ""}`',
  },
  {
    guard: "a record's key is its group, and not that of its aggregate",
    source: 'Kinesis, aggregated through a FIFO queue',
    file: 'functions/runtime/sources/kinesis.ts',
    from: 'one.partitionKey, one.data',
    to: '`${index % 2}${one.partitionKey}`, one.data',
  },
  {
    guard: 'a key that SQS does not take is written as one that it takes',
    source: 'Kinesis through a FIFO queue',
    file: 'functions/runtime/sources/hand-over.ts',
    from: "/^[\\x21-\\x7e]{1,128}$/.test(name) ? name : createHash('sha256').update(name).digest('base64url');",
    to: "name || createHash('sha256').digest('base64url');",
  },
  {
    guard: 'what waits behind a failed one of its group is not worked on',
    source: 'SQS FIFO',
    file: 'functions/runtime/run-batch.ts',
    from: 'seconds === undefined ? await handle(message) : await behind(message, seconds)',
    to: 'await handle(message)',
  },
  {
    guard: 'what is never parked is poison after so many rounds',
    source: 'SQS FIFO',
    file: 'functions/runtime/decide.ts',
    from: ' || delivery.receiveCount % receivesPerRound === 0;',
    to: ' || receivesPerRound < 0;',
  },
  {
    guard: 'a round without a release is known by when it ended',
    source: 'SQS FIFO',
    file: HANDLE,
    from: 'isLastReceive(message, this.settings.policy) ? claim : { ...claim, sentAt: claim.now };',
    to: 'isLastReceive(message, this.settings.policy) ? claim : claim;',
  },
  {
    guard: 'what comes back to a queue is not deleted',
    source: 'SQS',
    file: 'functions/runtime/sources/sqs.ts',
    from: 'batchItemFailures: back.map(({ id }) => ({ itemIdentifier: id }))',
    to: 'batchItemFailures: back.slice(1).map(({ id }) => ({ itemIdentifier: id }))',
  },
  {
    guard: 'what is malformed is in repair before its source lets go of it',
    source: 'Kafka',
    file: HANDLE,
    from: "if (action.kind === 'repair') await this.ports.sendToRepair(message, this.repairNote(message, action, id));\n    return { message, outcome, action, id };",
    to: 'return { message, outcome, action, id };',
  },
];

const HISTORIES = 1500;

describe('a guard that is gone is seen in the histories', () => {
  test.each(GUARDS)(
    '$guard: $source',
    async ({ source, ...guard }) => {
      const conforms = join(__dirname, 'conforms.ts');
      const broken = await withoutGuards<typeof import('./conforms')>(conforms, [guard]);
      let seen: number | undefined;
      for (let seed = 0; seed < HISTORIES && seen === undefined; seed += 1) {
        const wrong = await broken.conformsByName(source, seed).catch((error: Error) => [error.message]);
        if (wrong.length > 0) seen = seed;
      }
      expect(seen).toBeDefined();
      // It is the guard that makes the difference.
      expect(await conformsByName(source, seen ?? 0)).toEqual([]);
    },
    120_000,
  );
});
